// <ui-guide data-point>: a step of a tour. Rings what the selector finds, brings it into view and begins reading here.
// The ring comes back when htmx draws the place anew. Without JavaScript the words stand alone.
class UiGuide extends HTMLElement {
  connectedCallback() {
    this.point();
    this.again = () => this.point(false);
    document.addEventListener("htmx:after:swap", this.again);
    if (this.dataset.point) this.querySelector("button")?.focus({ preventScroll: true });
  }
  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.again);
    this.pointed?.removeAttribute("data-pointed");
  }
  point(first = true) {
    if (!this.dataset.point) return;
    const found = [...document.querySelectorAll(this.dataset.point)].find((one) => !this.contains(one) && one.getClientRects().length > 0);
    if (!found || found.hasAttribute("data-pointed")) return;
    this.pointed?.removeAttribute("data-pointed");
    found.setAttribute("data-pointed", "");
    this.pointed = found;
    if (first) found.scrollIntoView({ block: "nearest" });
  }
}
customElements.define("ui-guide", UiGuide);

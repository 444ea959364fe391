// <ui-toast>: stays at least six seconds, waits while pointed at or focused, closes by its button.
class UiToast extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-close]")?.addEventListener("click", () => this.remove());
    this.querySelector("form")?.addEventListener("submit", () => setTimeout(() => this.remove(), 200));
    for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.timer));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.wait());
    this.wait();
  }
  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), this.querySelector("form") ? 12000 : 7000);
  }
  disconnectedCallback() { clearTimeout(this.timer); }
}
customElements.define("ui-toast", UiToast);

// <ui-toast>: stays at least six seconds, waits while it is pointed at or focused, closes by its button.
// The region moves into an open dialog, because what lies behind a modal dialog can neither be pressed nor heard.
class UiToast extends HTMLElement {
  connectedCallback() {
    if (!this.bound) {
      this.bound = true;
      this.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) this.remove(); });
      // Not before the answer: htmx drops answers whose element has left the page.
      this.addEventListener("htmx:finally:request", () => this.remove());
      for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, () => clearTimeout(this.timer));
      for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.wait());
    }
    this.wait();
  }
  disconnectedCallback() { clearTimeout(this.timer); }
  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.remove(), this.querySelector("form") ? 12000 : 7000);
  }
}
customElements.define("ui-toast", UiToast);

/** Puts the toasts where they can be reached: into the topmost open dialog, else at the end of the body. */
export function liftToasts() {
  const region = document.getElementById("toasts");
  const dialogs = [...document.querySelectorAll("dialog:modal")];
  const place = dialogs.at(-1) ?? document.body;
  if (region && region.parentElement !== place) place.append(region);
}

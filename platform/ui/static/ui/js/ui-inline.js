// <ui-inline>: a form that took the place of a value. Enter saves, Escape restores ([data-cancel]), leaving a simple
// field saves it (data-blur="save"). Without JavaScript the value links to a page with the same form.
class UiInline extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const field = form?.querySelector("input:not([type=hidden]), select, textarea");
    if (!form || !field || this.bound) return;
    this.bound = true;
    field.focus();
    if (field.select && !field.matches("[type=date]")) field.select();
    const first = new URLSearchParams(new FormData(form)).toString();
    const untouched = () => new URLSearchParams(new FormData(form)).toString() === first && !form.querySelector("[aria-invalid]");
    const cancel = () => form.querySelector("[data-cancel]")?.click();
    this.addEventListener("keydown", (event) => {
      if (event.isComposing || event.defaultPrevented) return;
      if (event.key === "Escape") { event.stopPropagation(); this.left = true; cancel(); }
      if (event.key === "Enter" && event.target.matches("textarea") && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", () => { this.left = true; });
    this.addEventListener("focusout", (event) => {
      if (this.dataset.blur !== "save" || this.left || this.contains(event.relatedTarget) || !this.isConnected) return;
      // Another window took the focus: nothing was decided.
      if (!document.hasFocus()) return;
      this.left = true;
      if (untouched()) cancel();
      else form.requestSubmit();
    });
  }
}
customElements.define("ui-inline", UiInline);

// <ui-inline>: a form that took the place of a value. Enter saves, Escape restores ([data-cancel]), leaving a simple
// field saves it (data-blur="save"). Without JavaScript the value links to a page with the same form.
class UiInline extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const field = form?.querySelector("input:not([type=hidden]), select, textarea");
    if (!form || !field) return;
    field.focus();
    field.select?.();
    const first = new FormData(form);
    const untouched = () => [...new FormData(form)].every(([name, value]) => first.getAll(name).includes(value));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { event.stopPropagation(); form.querySelector("[data-cancel]")?.click(); }
      if (event.key === "Enter" && event.target.matches("textarea") && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.addEventListener("focusout", (event) => {
      if (this.dataset.blur !== "save" || this.contains(event.relatedTarget) || !this.isConnected) return;
      if (untouched()) form.querySelector("[data-cancel]")?.click();
      else form.requestSubmit();
    });
  }
}
customElements.define("ui-inline", UiInline);

// <ui-palette>: an input and server-rendered results ([role=option], links or buttons). Arrows walk, Enter opens; the input
// keeps the focus. Escape closes at once, whatever was typed; the browser alone would only empty the field.
class UiPalette extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.list = this.querySelector("[role=listbox]");
    if (!this.input || !this.list) return;
    if (!this.bound) {
      this.bound = true;
      this.input.setAttribute("role", "combobox");
      this.input.setAttribute("aria-expanded", "true");
      this.input.setAttribute("aria-autocomplete", "list");
      if (this.list.id) this.input.setAttribute("aria-controls", this.list.id);
      this.addEventListener("keydown", (event) => this.key(event));
      this.addEventListener("pointermove", (event) => {
        const option = event.target.closest("[role=option]:not([aria-disabled])");
        if (option) this.mark(this.options().indexOf(option), false);
      });
    }
    this.observer = new MutationObserver(() => this.mark(0));
    this.observer.observe(this.list, { childList: true, subtree: true });
    this.mark(0);
    this.input.focus();
  }
  disconnectedCallback() { this.observer?.disconnect(); }
  options() { return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")]; }
  mark(index, scroll = true) {
    const options = this.options();
    this.index = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, number) => {
      option.id ||= `palette-option-${number}`;
      option.tabIndex = -1;
      const current = String(number === this.index);
      if (option.getAttribute("aria-selected") !== current) option.setAttribute("aria-selected", current);
    });
    const chosen = options[this.index];
    if (!chosen) { this.input.removeAttribute("aria-activedescendant"); return; }
    this.input.setAttribute("aria-activedescendant", chosen.id);
    if (scroll) chosen.scrollIntoView({ block: "nearest" });
  }
  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      const last = this.options().length - 1;
      this.mark(Math.abs(step) > 1 ? Math.max(0, Math.min(last, this.index + step)) : this.index + step);
    } else if (event.key === "Escape" && !event.isComposing && this.closest("dialog")) {
      event.preventDefault();
      this.closest("dialog").close();
    } else if (event.key === "Enter" && !event.isComposing) {
      const chosen = this.options()[this.index];
      event.preventDefault();
      if (!chosen) return;
      if (chosen.matches("a") && (event.ctrlKey || event.metaKey)) window.open(chosen.href);
      else chosen.click();
    }
  }
}
customElements.define("ui-palette", UiPalette);

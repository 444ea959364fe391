// <ui-palette>: an input and server-rendered results (a[role=option]). Arrows walk, Enter opens, the input keeps focus.
class UiPalette extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=search]");
    this.input?.focus();
    this.addEventListener("keydown", (event) => this.key(event));
    this.observer = new MutationObserver(() => this.mark(0));
    const results = this.querySelector("[role=listbox]");
    if (results) this.observer.observe(results, { childList: true, subtree: true });
    this.mark(0);
  }
  disconnectedCallback() { this.observer?.disconnect(); }
  options() { return [...this.querySelectorAll("[role=option]")]; }
  mark(index) {
    const options = this.options();
    this.index = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, number) => {
      const current = number === this.index;
      if (option.getAttribute("aria-selected") !== String(current)) option.setAttribute("aria-selected", String(current));
      if (current) {
        if (!option.id) option.id = `option-${number}`;
        this.input?.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  }
  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.mark(this.index + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      const chosen = this.options()[this.index];
      if (!chosen) return;
      event.preventDefault();
      chosen.click();
    }
  }
}
customElements.define("ui-palette", UiPalette);

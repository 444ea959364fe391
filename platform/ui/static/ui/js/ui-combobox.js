// <ui-combobox data-url>: a text input, a hidden input with the chosen id, a listbox with server results.
// Options: [role=option][data-value]; one with data-create asks the form to create what was typed.
class UiCombobox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input:not([type=hidden])");
    this.hidden = this.querySelector("input[type=hidden]");
    this.list = this.querySelector("[role=listbox]");
    if (!this.input || !this.list) return;
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.open(false);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("focus", () => { if (!this.hidden.value) this.typed(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.addEventListener("focusout", (event) => { if (!this.contains(event.relatedTarget)) this.open(false); });
  }
  typed() {
    this.hidden.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }
  async fetch() {
    this.asked?.abort();
    this.asked = new AbortController();
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("q", this.input.value);
    try {
      const answer = await fetch(url, { signal: this.asked.signal, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
      if (!answer.ok) return;
      this.list.innerHTML = await answer.text();
      this.open(this.options().length > 0);
      this.mark(0);
    } catch (error) { if (error.name !== "AbortError") throw error; }
  }
  options() { return [...this.list.querySelectorAll("[role=option]")]; }
  open(open) { this.list.hidden = !open; this.input.setAttribute("aria-expanded", String(open)); }
  mark(index) {
    const options = this.options();
    this.index = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, number) => {
      option.id ||= `${this.list.id}-${number}`;
      option.setAttribute("aria-selected", String(number === this.index));
      if (number === this.index) { this.input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    });
  }
  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.fetch();
      else this.mark(this.index + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !this.list.hidden && this.options()[this.index]) {
      event.preventDefault();
      this.choose(this.options()[this.index]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.stopPropagation();
      this.open(false);
    }
  }
  choose(option) {
    if (!option) return;
    this.hidden.value = option.dataset.value;
    this.input.value = option.dataset.label ?? option.textContent.trim();
    this.open(false);
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
customElements.define("ui-combobox", UiCombobox);

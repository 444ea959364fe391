// <ui-combobox data-url>: a text input, a hidden input with the chosen value, a listbox with answers from the server.
// Options: [role=option][data-value][data-label]; data-create takes what was typed as a new name.
class UiCombobox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input:not([type=hidden])");
    this.value = this.querySelector("input[type=hidden]");
    this.list = this.querySelector("[role=listbox]");
    if (!this.input || !this.value || !this.list || this.bound) return;
    this.bound = true;
    this.index = -1;
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    const name = this.input.labels?.[0]?.textContent.trim() ?? this.input.getAttribute("aria-label");
    if (name) this.list.setAttribute("aria-label", name);
    this.open(false);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("click", () => { if (this.list.hidden) this.fetch(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.addEventListener("focusout", (event) => { if (!this.contains(event.relatedTarget)) this.left(); });
  }
  disconnectedCallback() { clearTimeout(this.timer); this.asked?.abort(); }
  typed() {
    this.value.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), 150);
  }
  async fetch() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.asked = new AbortController();
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("q", this.value.value ? "" : this.input.value);
    try {
      const answer = await fetch(url, { signal: this.asked.signal, headers: { "HX-Request": "true", "HX-Request-Type": "partial" } });
      if (!answer.ok || answer.redirected) return;
      this.list.innerHTML = await answer.text();
      this.open(this.list.childElementCount > 0 && this.contains(document.activeElement));
      this.mark(this.input.value && !this.value.value ? 0 : -1);
    } catch (error) { if (error.name !== "AbortError") this.open(false); }
  }
  options() { return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")]; }
  open(open) {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }
  mark(index) {
    const options = this.options();
    this.index = options.length && index >= 0 ? index % options.length : -1;
    options.forEach((option, number) => {
      option.id ||= `${this.list.id}-${number}`;
      option.setAttribute("aria-selected", String(number === this.index));
    });
    const chosen = options[this.index];
    if (!chosen) { this.input.removeAttribute("aria-activedescendant"); return; }
    this.input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }
  key(event) {
    const options = this.options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) { this.fetch(); return; }
      this.mark(event.key === "ArrowDown" ? this.index + 1 : (this.index < 1 ? options.length : this.index) - 1);
    } else if (event.key === "Enter" && !this.list.hidden && options[this.index] && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      this.choose(options[this.index]);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.open(false);
    }
  }
  choose(option) {
    if (!option || option.ariaDisabled === "true") return;
    this.value.value = option.dataset.value;
    this.input.value = option.dataset.label ?? option.textContent.trim();
    this.open(false);
    this.value.dispatchEvent(new Event("change", { bubbles: true }));
  }
  left() {
    clearTimeout(this.timer);
    this.asked?.abort();
    // What was typed in full counts as chosen; anything else is left for the server to look up.
    const same = this.options().filter((option) => option.dataset.label?.toLowerCase() === this.input.value.trim().toLowerCase());
    if (!this.value.value && this.input.value && same.length === 1) this.choose(same[0]);
    this.open(false);
  }
}
customElements.define("ui-combobox", UiCombobox);

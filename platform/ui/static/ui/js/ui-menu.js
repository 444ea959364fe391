// <ui-menu>: a button with popovertarget and a .menu[popover] under it. Arrows walk, Escape and a choice close.
class UiMenu extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("[popover]");
    this.button = this.querySelector("[popovertarget]");
    if (!this.menu || !this.button || this.bound) return;
    this.bound = true;
    this.menu.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.menu.addEventListener("click", (event) => this.chosen(event));
    this.addEventListener("keydown", (event) => this.key(event));
  }
  toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) { removeEventListener("scroll", this.onscroll, true); return; }
    this.place();
    (this.menu.querySelector("[autofocus]") ?? this.items()[0])?.focus({ preventScroll: true });
    this.onscroll = (event) => { if (!this.menu.contains(event.target)) this.place(); };
    addEventListener("scroll", this.onscroll, { capture: true, passive: true });
  }
  place() {
    const at = this.button.getBoundingClientRect();
    const size = this.menu.getBoundingClientRect();
    const start = this.dataset.align === "end" || at.left + size.width > innerWidth - 8 ? at.right - size.width : at.left;
    const left = Math.max(8, Math.min(start, innerWidth - size.width - 8));
    const below = at.bottom + 4 + size.height <= innerHeight - 8 || at.top < size.height + 12;
    const top = below ? at.bottom + 4 : at.top - size.height - 4;
    this.menu.style.left = `${left}px`;
    this.menu.style.top = `${Math.max(8, Math.min(top, innerHeight - size.height - 8))}px`;
  }
  items() {
    return [...this.menu.querySelectorAll("a, button, input, select, textarea")]
      .filter((item) => item.type !== "hidden" && !item.disabled && item.getClientRects().length);
  }
  chosen(event) {
    const item = event.target.closest("a, button");
    if (!item || item.closest("[data-keep]") || (this.menu.dataset.form !== undefined && item.type !== "submit" && !item.matches("a"))) return;
    setTimeout(() => { if (this.menu.matches(":popover-open") && !item.closest("[data-keep]")) this.menu.hidePopover(); }, 0);
  }
  key(event) {
    if (!this.menu.matches(":popover-open") || event.target.matches("select, textarea")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step && !["Home", "End"].includes(event.key)) return;
    if (event.target.matches("input") && !step) return;
    event.preventDefault();
    const items = this.items();
    const now = items.indexOf(document.activeElement);
    const next = step ? now + step : event.key === "Home" ? 0 : items.length - 1;
    items[(next + items.length) % items.length]?.focus();
  }
}
customElements.define("ui-menu", UiMenu);

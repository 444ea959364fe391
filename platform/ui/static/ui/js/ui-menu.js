// <ui-menu>: a button with popovertarget and a .menu[popover]. Places the menu below the button; arrows walk in it.
class UiMenu extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("[popover]");
    this.button = this.querySelector("[popovertarget]");
    if (!this.menu || !this.button) return;
    this.button.setAttribute("aria-haspopup", "true");
    this.menu.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.addEventListener("keydown", (event) => this.key(event));
  }
  toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.place();
    this.items()[0]?.focus();
  }
  place() {
    const at = this.button.getBoundingClientRect();
    const size = this.menu.getBoundingClientRect();
    const left = Math.min(Math.max(8, this.dataset.align === "end" ? at.right - size.width : at.left), innerWidth - size.width - 8);
    const below = at.bottom + 4 + size.height < innerHeight;
    const top = below ? at.bottom + 4 : Math.max(8, at.top - size.height - 4);
    Object.assign(this.menu.style, { position: "fixed", inset: "auto", margin: "0", left: `${left}px`, top: `${top}px` });
  }
  items() { return [...this.menu.querySelectorAll("a, button, input, select")].filter((item) => item.offsetParent !== null); }
  key(event) {
    if (!this.menu.matches(":popover-open") || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    if (event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    const items = this.items();
    const now = items.indexOf(document.activeElement);
    const step = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key];
    items[(step + items.length) % items.length]?.focus();
  }
}
customElements.define("ui-menu", UiMenu);

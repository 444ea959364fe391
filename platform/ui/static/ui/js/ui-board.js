// <ui-board>: cards ([data-card], data-move=URL) in lanes ([data-lane] with .lane-cards). Drag by pointer; with a card's
// link focused, Alt+arrows move it. The server's answer is the truth: a refused card goes back.
import "../vendor/sortable-1.15.7.min.js";
class UiBoard extends HTMLElement {
  connectedCallback() {
    this.sortables = [];
    this.bind();
    this.addEventListener("keydown", (event) => this.key(event));
    this.observer = new MutationObserver(() => this.bind());
    this.observer.observe(this, { childList: true, subtree: true });
  }
  disconnectedCallback() { this.observer.disconnect(); this.sortables.forEach((each) => each.destroy()); }
  bind() {
    if (this.dataset.fixed !== undefined) return;
    for (const list of this.querySelectorAll("[data-lane] .lane-cards, [data-lane].rail")) {
      if (list.sortable || !window.Sortable) continue;
      list.sortable = window.Sortable.create(list, {
        group: "lanes", animation: 120, draggable: "[data-card]", filter: "button, summary, .menu", preventOnFilter: false,
        delay: 180, delayOnTouchOnly: true, ghostClass: "card-ghost", sort: this.dataset.sort !== undefined,
        onEnd: (event) => { if (event.from !== event.to) this.move(event.item, event.to, event.from, event.oldDraggableIndex); },
      });
      this.sortables.push(list.sortable);
    }
  }
  key(event) {
    const card = event.target.closest("[data-card]");
    if (!card || !event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const lists = [...this.querySelectorAll("[data-lane] .lane-cards")];
    const from = lists.indexOf(card.parentElement);
    const to = lists[from + (event.key === "ArrowRight" ? 1 : -1)];
    if (!to) return;
    const index = [...card.parentElement.children].indexOf(card);
    const old = card.parentElement;
    to.prepend(card);
    this.move(card, to, old, index);
    card.querySelector("a, button")?.focus();
  }
  async move(card, to, from, index) {
    const lane = to.closest("[data-lane]");
    card.setAttribute("aria-busy", "true");
    const before = card.nextElementSibling?.dataset.card ?? "";
    const back = () => { from.insertBefore(card, from.children[index] ?? null); card.removeAttribute("aria-busy"); };
    const refused = (event) => { if (event.detail?.ctx?.sourceElement === card) back(); };
    document.addEventListener("htmx:response:error", refused);
    document.addEventListener("htmx:error", refused);
    try {
      await window.htmx.ajax("POST", card.dataset.move, { source: card, target: card, swap: "none", values: { lane: lane.dataset.lane, before } });
    } finally {
      document.removeEventListener("htmx:response:error", refused);
      document.removeEventListener("htmx:error", refused);
      card.removeAttribute("aria-busy");
    }
  }
}
customElements.define("ui-board", UiBoard);

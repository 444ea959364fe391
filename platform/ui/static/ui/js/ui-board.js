// <ui-board>: cards ([data-card], data-move=URL) in lanes ([data-lane=KEY] with .lane-cards; a .rail[data-lane] takes cards too).
// Three equal ways to move: drag, Alt+arrows on a card, a menu with buttons [data-to=KEY]. j/k walk, m opens the menu.
// The server's answer is the truth: a refused card goes back to where it was.
import "sortablejs";
import { lettersOff, say, typing } from "ui/said";

class UiBoard extends HTMLElement {
  connectedCallback() {
    this.sortables ??= new Map();
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    if (!this.bound) {
      this.bound = true;
      this.addEventListener("click", (event) => this.chosen(event));
      this.observer = new MutationObserver(() => this.bind());
    }
    this.observer.observe(this, { childList: true, subtree: true });
    this.bind();
  }
  disconnectedCallback() {
    document.removeEventListener("keydown", this.onkey);
    this.observer.disconnect();
    this.sortables.forEach((sortable) => sortable.destroy());
    this.sortables.clear();
  }
  places() { return [...this.querySelectorAll("[data-lane] .lane-cards, .rail[data-lane]")]; }
  cards() { return [...this.querySelectorAll("[data-card]")].filter((card) => card.getClientRects().length); }
  bind() {
    if (this.dataset.fixed !== undefined || !window.Sortable) return;
    for (const place of this.places()) {
      if (this.sortables.has(place)) continue;
      this.sortables.set(place, window.Sortable.create(place, {
        group: "lanes", animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        draggable: "[data-card]", filter: "button, summary, .menu, input, select", preventOnFilter: false,
        delay: 180, delayOnTouchOnly: true, ghostClass: "card-ghost", dragClass: "card-drag", sort: this.dataset.sort !== undefined,
        onStart: (event) => { this.from = { list: event.from, next: event.item.nextElementSibling }; },
        onMove: (event) => this.over(event.to),
        onEnd: (event) => { this.over(null); if (event.from !== event.to || this.dataset.sort !== undefined) this.move(event.item, event.to, this.from); },
      }));
    }
    for (const [place, sortable] of this.sortables) if (!place.isConnected) { sortable.destroy(); this.sortables.delete(place); }
  }
  over(place) {
    this.querySelectorAll("[data-over]").forEach((lane) => delete lane.dataset.over);
    if (place) place.closest("[data-lane]").dataset.over = "";
  }
  key(event) {
    if (event.defaultPrevented || typing(event.target) || document.querySelector("dialog[open], .menu:popover-open")) return;
    const card = event.target.closest?.("[data-card]");
    if (card && this.contains(card) && event.altKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      event.preventDefault();
      this.shift(card, event.key === "ArrowRight" ? 1 : -1);
    } else if (!lettersOff() && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const step = { KeyJ: 1, KeyK: -1 }[event.code];
      if (step) { event.preventDefault(); this.walk(step); }
      if (event.code === "KeyM" && card) { event.preventDefault(); card.querySelector(".card-move, [popovertarget]")?.click(); }
    }
  }
  walk(step) {
    const cards = this.cards();
    const now = cards.findIndex((card) => card.contains(document.activeElement));
    const card = cards[Math.max(0, Math.min(cards.length - 1, now + step))];
    card?.querySelector("a")?.focus();
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  shift(card, by) {
    const places = this.places();
    const to = places[places.indexOf(card.parentElement) + by];
    if (to) this.carry(card, to);
  }
  // The menu says where the card stands.
  marked(card) {
    const here = card.closest("[data-lane]")?.dataset.lane;
    for (const button of card.querySelectorAll("[data-to]")) {
      if (button.dataset.to === here) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
  chosen(event) {
    const opened = event.target.closest(".card-move")?.closest("[data-card]");
    if (opened) this.marked(opened);
    const button = event.target.closest("[data-to]");
    const card = button?.closest("[data-card]");
    const to = card && this.places().find((place) => place.closest("[data-lane]").dataset.lane === button.dataset.to);
    if (!to) return;
    event.preventDefault();
    if (to !== card.parentElement) this.carry(card, to);
  }
  carry(card, to) {
    const from = { list: card.parentElement, next: card.nextElementSibling };
    to.prepend(card);
    this.move(card, to, from);
    card.querySelector("a")?.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  async move(card, to, from) {
    const lane = to.closest("[data-lane]");
    const before = card.nextElementSibling?.dataset.card ?? "";
    let refused = false;
    const refuse = (event) => { if (event.detail?.ctx?.sourceElement === card) refused = true; };
    card.setAttribute("aria-busy", "true");
    for (const name of ["htmx:response:error", "htmx:error"]) document.addEventListener(name, refuse);
    try {
      await window.htmx.ajax("POST", card.dataset.move, { source: card, target: card, swap: "none", values: { lane: lane.dataset.lane, before } });
    } finally {
      for (const name of ["htmx:response:error", "htmx:error"]) document.removeEventListener(name, refuse);
      card.removeAttribute("aria-busy");
    }
    if (refused) from.list.insertBefore(card, from.next?.isConnected ? from.next : null);
    else say((this.dataset.said ?? "").replace("%(card)s", card.dataset.label ?? "").replace("%(lane)s", lane.dataset.label ?? lane.getAttribute("aria-label") ?? ""));
  }
}
customElements.define("ui-board", UiBoard);

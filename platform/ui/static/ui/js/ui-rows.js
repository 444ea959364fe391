// <ui-rows>: a list by keyboard: j/k or arrows move, x selects, Enter opens, Space peeks, Escape clears.
// Rows carry data-row, their link data-open, their box input[name=ids]; the bulk bar is [data-bulk] with [data-count].
import { typing } from "./ui-hotkeys.js";
class UiRows extends HTMLElement {
  connectedCallback() {
    this.at = -1;
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.refresh();
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.onkey); }
  rows() { return [...this.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null); }
  boxes() { return this.rows().map((row) => row.querySelector("input[name=ids]")).filter(Boolean); }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open], :popover-open.menu")) return;
    if (event.target.closest("button, a, summary") && (event.key === "Enter" || event.key === " ") && !event.target.closest("[data-row]")) return;
    const name = event.code === "KeyJ" || event.key === "ArrowDown" ? "next" : event.code === "KeyK" || event.key === "ArrowUp" ? "back" : event.code === "KeyX" ? "pick" : event.key === "Enter" ? "open" : event.key === " " ? "peek" : event.key === "Escape" ? "clear" : "";
    if (!name || (document.body.dataset.hotkeys === "off" && event.code.startsWith("Key"))) return;
    const rows = this.rows();
    if (!rows.length) return;
    if (name === "next" || name === "back") {
      event.preventDefault();
      const focused = rows.findIndex((row) => row.contains(document.activeElement));
      this.at = Math.min(rows.length - 1, Math.max(0, (focused >= 0 ? focused : this.at) + (name === "next" ? 1 : -1)));
      rows[this.at].querySelector("[data-open]")?.focus();
      rows[this.at].scrollIntoView({ block: "nearest" });
      return;
    }
    const row = rows.find((candidate) => candidate.contains(document.activeElement));
    if (name === "clear") { if (this.boxes().some((box) => box.checked)) { this.boxes().forEach((box) => { box.checked = false; }); this.refresh(); } return; }
    if (!row) return;
    if (name === "open" && event.target.matches("[data-open]")) return;
    event.preventDefault();
    if (name === "open") row.querySelector("[data-open]")?.click();
    if (name === "pick") { const box = row.querySelector("input[name=ids]"); if (box) { box.checked = !box.checked; this.refresh(); } }
    if (name === "peek" && row.dataset.peek) window.htmx?.ajax("GET", row.dataset.peek, { target: "#side-body", swap: "innerHTML" });
  }
  changed(event) {
    if (event.target.matches("[data-all]")) this.boxes().forEach((box) => { box.checked = event.target.checked; });
    this.refresh();
  }
  clicked(event) {
    if (event.target.closest("[data-clear]")) { this.boxes().forEach((box) => { box.checked = false; }); this.refresh(); return; }
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    const boxes = this.boxes();
    if (event.shiftKey && this.last) {
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    this.last = box;
  }
  refresh() {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("[data-row]").toggleAttribute("aria-selected", false);
    for (const box of chosen) box.closest("[data-row]").setAttribute("aria-selected", "true");
    const all = this.querySelector("[data-all]");
    if (all) { all.checked = chosen.length > 0 && chosen.length === boxes.length; all.indeterminate = chosen.length > 0 && chosen.length < boxes.length; }
    const bulk = this.querySelector("[data-bulk]");
    if (bulk) { bulk.hidden = chosen.length === 0; const count = bulk.querySelector("[data-count]"); if (count) count.textContent = String(chosen.length); }
  }
}
customElements.define("ui-rows", UiRows);

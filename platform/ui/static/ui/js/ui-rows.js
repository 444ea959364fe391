// <ui-rows>: a list by keyboard: j/k or arrows move, x selects, Enter opens, Space peeks, Escape clears the selection.
// Rows carry data-row, their link data-open, data-peek (address of the preview), their box input[name=ids];
// [data-all] selects all, [data-bulk] is the bulk bar with [data-count], [data-clear] clears.
import { fetchInto, lettersOff, typing } from "ui/said";

class UiRows extends HTMLElement {
  connectedCallback() {
    this.onkey = (event) => this.key(event);
    document.addEventListener("keydown", this.onkey);
    if (!this.bound) {
      this.bound = true;
      this.addEventListener("change", (event) => this.changed(event));
      this.addEventListener("click", (event) => this.clicked(event));
      this.observer = new MutationObserver(() => this.refresh());
    }
    this.observer.observe(this, { childList: true, subtree: true });
    this.refresh();
  }
  disconnectedCallback() { document.removeEventListener("keydown", this.onkey); this.observer.disconnect(); }
  rows() { return [...this.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length); }
  box(row) { return row?.querySelector("input[name=ids]"); }
  boxes() { return this.rows().map((row) => this.box(row)).filter(Boolean); }
  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open], .menu:popover-open")) return;
    const letters = !lettersOff() && { KeyJ: "next", KeyK: "back", KeyX: "pick" }[event.code];
    const verb = letters || { ArrowDown: "next", ArrowUp: "back", Enter: "open", " ": "peek", Escape: "clear" }[event.key];
    const row = event.target.closest?.("[data-row]");
    const inside = row && this.contains(row);
    // Arrows, Enter and Space belong to whatever has the focus unless that is a row of ours.
    if (!verb || (!letters && verb !== "clear" && !inside)) return;
    if (inside && ["open", "peek"].includes(verb) && !event.target.matches("[data-open], [data-row]")) return;
    if (this[verb](row) !== false) event.preventDefault();
  }
  step(by) {
    const rows = this.rows();
    if (!rows.length) return false;
    const focused = rows.findIndex((row) => row.contains(document.activeElement));
    const now = focused >= 0 ? focused : rows.indexOf(this.at);
    const row = rows[Math.max(0, Math.min(rows.length - 1, now + by))];
    this.at = row;
    (row.querySelector("[data-open]") ?? row).focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }
  next() { return this.step(1); }
  back() { return this.step(-1); }
  open(row) { if (document.activeElement?.matches("[data-open]")) return false; row?.querySelector("[data-open]")?.click(); return Boolean(row); }
  peek(row) { if (!row?.dataset.peek) return false; fetchInto(row.dataset.peek, "side-body", row.querySelector("[data-open]")); return true; }
  pick(row) {
    const box = this.box(row ?? this.at);
    if (!box) return false;
    box.click();
    return true;
  }
  clear() {
    if (!this.boxes().some((box) => box.checked)) return false;
    this.setAll(false);
    return true;
  }
  setAll(checked) { this.boxes().forEach((box) => { box.checked = checked; }); this.refresh(); }
  changed(event) {
    if (event.target.matches("[data-all]")) this.setAll(event.target.checked);
    else if (event.target.matches("input[name=ids]")) this.refresh();
  }
  clicked(event) {
    if (event.target.closest("[data-clear]")) { this.setAll(false); return; }
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    if (event.shiftKey && this.last?.isConnected) {
      const boxes = this.boxes();
      const [from, to] = [boxes.indexOf(this.last), boxes.indexOf(box)].sort((a, b) => a - b);
      if (from >= 0) boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
      this.refresh();
    }
    this.last = box;
  }
  refresh() {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) {
      const row = box.closest("[data-row]");
      if (box.checked !== (row.getAttribute("aria-selected") === "true")) {
        if (box.checked) row.setAttribute("aria-selected", "true");
        else row.removeAttribute("aria-selected");
      }
    }
    for (const all of this.querySelectorAll("[data-all]")) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    const bulk = this.querySelector("[data-bulk]");
    if (!bulk) return;
    if (bulk.hidden !== (chosen.length === 0)) bulk.hidden = chosen.length === 0;
    const count = bulk.querySelector("[data-count]");
    if (count && count.textContent !== String(chosen.length)) count.textContent = String(chosen.length);
  }
}
customElements.define("ui-rows", UiRows);

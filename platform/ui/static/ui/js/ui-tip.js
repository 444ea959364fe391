// Tooltips: any element with data-tip says it on hover, focus and long press; so does a text that an ellipsis cut.
const CUT = ".clip, .cell-clip, .table td, .who > span:last-child, .bar h1, .bar h2, .bar-meta, .lane-head h2, .badge > span, .tag > span, .row-line > *, .related-line > *, .todo-what > :last-child, .place > span, .bottombar span, .side-bar h2, .copy-text, .steps li > :last-child, .chip-value, .palette-word, .palette-word + .faint, .sheet td, .sheet th";
const SOURCE = `[data-tip], ${CUT}`;
const tip = document.createElement("div");
tip.className = "tip";
tip.id = "tip";
tip.popover = "manual";
tip.setAttribute("role", "tooltip");
let timer = 0;
let shown = null;

function wordsOf(element) {
  if (element.dataset.tip) return element.dataset.tip;
  return element.matches(CUT) && element.scrollWidth > element.clientWidth + 1 ? element.textContent.trim().replace(/\s+/g, " ") : "";
}
function place(element) {
  const at = element.getBoundingClientRect();
  const size = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 8));
  const top = at.bottom + 6 + size.height < innerHeight ? at.bottom + 6 : at.top - size.height - 6;
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(4, top)}px`;
}
function show(element, pause) {
  clearTimeout(timer);
  if (shown === element) return;
  hide();
  const words = wordsOf(element);
  if (!words) return;
  timer = setTimeout(() => {
    if (!element.isConnected) return;
    const home = element.closest("dialog[open]") ?? document.body;
    if (tip.parentElement !== home) home.append(tip);
    tip.textContent = words;
    tip.showPopover();
    place(element);
    shown = element;
    if (words !== element.getAttribute("aria-label")) element.setAttribute("aria-describedby", "tip");
  }, pause);
}
function hide() {
  clearTimeout(timer);
  if (shown?.getAttribute("aria-describedby") === "tip") shown.removeAttribute("aria-describedby");
  shown = null;
  if (tip.isConnected && tip.matches(":popover-open")) tip.hidePopover();
}
const source = (event) => event.target.closest?.(SOURCE);
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const found = source(event);
  if (found) show(found, 350);
  else hide();
});
document.addEventListener("focusin", (event) => {
  const found = source(event) ?? event.target.querySelector?.(SOURCE);
  if (found && event.target.matches(":focus-visible")) show(found, 500);
});
document.addEventListener("pointerdown", (event) => {
  hide();
  const found = event.pointerType === "touch" && source(event);
  if (found) show(found, 600);
});
for (const name of ["focusout", "keydown", "pointerleave"]) document.addEventListener(name, hide);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { if (!shown) clearTimeout(timer); });
document.addEventListener("scroll", () => { if (shown) hide(); }, { capture: true, passive: true });

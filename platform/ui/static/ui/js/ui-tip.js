// Tooltips: any element with data-tip says it on hover, focus and long press; also full texts of what an ellipsis cut.
const tip = document.createElement("div");
tip.className = "tip";
tip.popover = "manual";
tip.setAttribute("role", "tooltip");
document.body.append(tip);
let timer = 0;
function wordsOf(element) {
  if (element.dataset.tip) return element.dataset.tip;
  const cut = element.matches(".clip, .cell-clip, .who > span") && element.scrollWidth > element.clientWidth;
  return cut ? element.textContent.trim() : "";
}
function show(element) {
  const words = wordsOf(element);
  if (!words) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!element.isConnected) return;
    tip.textContent = words;
    tip.showPopover();
    const at = element.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - size.width / 2), innerWidth - size.width - 8);
    const top = at.bottom + 6 + size.height < innerHeight ? at.bottom + 6 : at.top - size.height - 6;
    Object.assign(tip.style, { left: `${left}px`, top: `${top}px` });
  }, 350);
}
function hide() {
  clearTimeout(timer);
  if (tip.matches(":popover-open")) tip.hidePopover();
}
const SOURCE = "[data-tip], .clip, .cell-clip, .who > span";
document.addEventListener("pointerover", (event) => { const found = event.target.closest?.(SOURCE); if (found) show(found); });
document.addEventListener("pointerout", hide);
document.addEventListener("focusin", (event) => { const found = event.target.closest?.(SOURCE); if (found?.matches(":focus-visible")) show(found); });
for (const name of ["focusout", "pointerdown", "keydown", "scroll"]) document.addEventListener(name, hide, true);

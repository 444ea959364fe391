// Keys of the workspace: g then a letter goes, / or Ctrl+K opens the palette, c creates, e edits, ? shows the page's help.
// Bound by place on the keyboard. Never fires in fields. Off: data-hotkeys="off" on the body.
import { letter, lettersOff, typing } from "ui/said";
import { openDialog } from "ui/dialog";

let waiting = 0;

function press(selector) {
  const found = [...document.querySelectorAll(selector)].find((element) => element.getClientRects().length);
  found?.click();
  return Boolean(found);
}
function open(id) {
  const dialog = document.getElementById(id);
  if (dialog) openDialog(dialog);
  return Boolean(dialog);
}
const KEYS = {
  "/": () => open("palette"),
  "?": () => press("[data-key='page-help']") || open("keys"),
  c: () => press("[data-key='create']"),
  e: () => press("[data-key='edit']"),
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK") {
    event.preventDefault();
    open("palette");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || lettersOff()) return;
  const key = letter(event);
  if (!key) return;
  if (Date.now() - waiting < 1500) {
    waiting = 0;
    // Places stand in the sidebar also when a phone hides it.
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    if (place) { event.preventDefault(); place.click(); }
    return;
  }
  if (key === "g") { waiting = Date.now(); event.preventDefault(); return; }
  if (KEYS[key]?.()) event.preventDefault();
});

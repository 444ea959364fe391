// Keys of the workspace: g then a letter goes, / or Ctrl+K opens the palette, c creates, e edits, ? shows the sheet.
// Bound by position as well as by letter, so that a Russian layout works. Never fires in fields. Off: data-hotkeys="off".
let waiting = 0;
function letter(event) {
  if (event.code?.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash" || event.key === "/" ) return event.shiftKey ? "?" : "/";
  return event.key.length === 1 ? event.key.toLowerCase() : "";
}
export function typing(target) {
  return target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], trix-editor") !== null;
}
export function openPalette() {
  const palette = document.getElementById("palette");
  if (!palette || palette.open) return;
  palette.showModal();
  window.htmx?.ajax("GET", palette.dataset.url, { target: "#palette-body", swap: "innerHTML" });
}
function press(selector) {
  const found = [...document.querySelectorAll(selector)].find((element) => element.offsetParent !== null);
  found?.click();
  return Boolean(found);
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.hotkeys === "off" || document.querySelector("dialog[open]")) return;
  const key = letter(event);
  if (waiting && Date.now() - waiting < 1500) {
    waiting = 0;
    if (press(`[data-go="${CSS.escape(key)}"]`)) event.preventDefault();
    return;
  }
  if (key === "g") { waiting = Date.now(); return; }
  const done = { "/": () => (openPalette(), true), "?": () => press("[data-key='help']"), c: () => press("[data-key='create']"), e: () => press("[data-key='edit']") }[key]?.();
  if (done) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-opens='palette']");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openPalette();
});

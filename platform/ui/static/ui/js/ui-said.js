// What every module needs: whether somebody is typing, saying a sentence to readers, asking the server for a region.

/** True while keys belong to a field. */
export function typing(target) {
  return Boolean(target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]"));
}

/** True while single-letter keys are switched off or something lies over the page. */
export function lettersOff() {
  return document.body.dataset.hotkeys === "off" || Boolean(document.querySelector("dialog[open], .menu:popover-open"));
}

/** Says a sentence politely to screen readers. */
export function say(words) {
  const region = document.getElementById("said");
  if (!region || !words) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = words; }, 50);
}

/** The letter on a key by its position, so that a Russian layout works: "g" for KeyG, "/" and "?" by key or place. */
export function letter(event) {
  if (event.key === "/" || event.key === "?") return event.key;
  if (event.code?.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return "";
}

/** GET an address into the element with this id, by htmx; without it the page itself is opened. */
export function fetchInto(url, id, source) {
  const place = document.getElementById(id);
  if (!window.htmx || !place) { location.assign(url); return; }
  // htmx.ajax names the source's target in the header, but the server decides by the place that is really filled.
  const headers = { "HX-Target": `${place.localName}#${id}` };
  window.htmx.ajax("GET", url, { target: place, swap: "innerHTML", source: source ?? document.body, headers });
}

/** Shows a toast made in the browser: only for what no server can say. */
export function toast(words, mark = "") {
  const region = document.getElementById("toasts");
  if (!region || !words || (mark && region.querySelector(`[data-mark="${mark}"]`))) return;
  const made = document.createElement("ui-toast");
  made.className = "toast";
  if (mark) made.dataset.mark = mark;
  const text = document.createElement("span");
  text.textContent = words;
  made.append(text);
  region.append(made);
}

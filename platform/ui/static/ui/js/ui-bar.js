// What unfolds. Facts on a phone: a button [data-unfold][aria-controls=ID] shows all of the list with that id.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-unfold]");
  if (!button) return;
  document.getElementById(button.getAttribute("aria-controls"))?.removeAttribute("data-fold");
  button.remove();
});

// Page bar on a narrow screen: the plain buttons go into the "more" menu, the primary one stays.
// The words of a menu made here come from data-more on .bar-actions, else from the layout.
function fold(actions) {
  const plain = [...actions.children].filter((item) => item.matches(".button:not([data-rank=primary])"));
  const known = actions.querySelector(":scope > ui-menu:has(.icon-button) > .menu");
  actions.querySelectorAll("[data-folded-copy]").forEach((copy) => copy.remove());
  if (!plain.length || (plain.length === 1 && !known && !actions.querySelector("[data-rank=primary]"))) { delete actions.dataset.folded; return; }
  const menu = known ?? make(actions);
  if (!menu) return;
  plain.reverse().forEach((item) => {
    const copy = item.cloneNode(true);
    copy.classList.remove("button");
    copy.classList.add("narrow-only");
    for (const name of ["id", "data-size", "data-key", "data-rank", "data-htmx-powered"]) copy.removeAttribute(name);
    copy.dataset.foldedCopy = "";
    menu.prepend(copy);
    window.htmx?.process(copy);
  });
  actions.dataset.folded = "";
}
function make(actions) {
  const frame = document.getElementById("bar-more")?.content.firstElementChild.cloneNode(true);
  if (!frame) return null;
  const id = `menu-bar-${Math.random().toString(36).slice(2, 8)}`;
  frame.querySelector("[popovertarget]").setAttribute("popovertarget", id);
  frame.querySelector("[popover]").id = id;
  actions.append(frame);
  return frame.querySelector("[popover]");
}
function foldAll() { document.querySelectorAll(".bar-actions").forEach((actions) => { if (actions.dataset.folded === undefined) fold(actions); }); }
foldAll();
document.addEventListener("htmx:after:swap", foldAll);

// The list of settings shows the page one is on, however long it is.
const settings = document.querySelector(".settings-nav");
const here = settings?.querySelector("[aria-current]");
if (here) {
  const [frame, place] = [settings.getBoundingClientRect(), here.getBoundingClientRect()];
  settings.scrollLeft += Math.max(0, place.right - frame.right + 24);
  settings.scrollTop += Math.max(0, place.bottom - frame.bottom + 24);
}

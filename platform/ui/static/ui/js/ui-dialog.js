// Dialogs: content is fetched by htmx into #dialog-body or #side-body; it opens when filled and closes when emptied.
const focusBefore = new WeakMap();
function follow(body) {
  const dialog = body.closest("dialog");
  new MutationObserver(() => {
    const filled = body.childElementCount > 0;
    if (filled && !dialog.open) { focusBefore.set(dialog, document.activeElement); dialog.showModal(); }
    if (!filled && dialog.open) dialog.close();
  }).observe(body, { childList: true });
  dialog.addEventListener("close", () => { body.replaceChildren(); focusBefore.get(dialog)?.focus?.(); });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) dialog.close();
  });
}
for (const id of ["dialog-body", "side-body"]) {
  const body = document.getElementById(id);
  if (body) follow(body);
}

// <ui-dialog> around a <dialog>. Opens when its body (the element with an id ending in "-body") is filled by htmx, closes
// when an answer empties it, gives the focus back, and does not lose what was typed to a stray click.
// data-opens="ID" on any button or link opens dialog ID; data-close inside closes it; data-reload loads the page anew.
import { liftToasts } from "ui/toast";

class UiDialog extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.body = this.dialog?.querySelector("[id$='-body']");
    if (!this.dialog || this.bound) return;
    this.bound = true;
    if (this.body) {
      this.observer = new MutationObserver(() => this.follow());
      this.observer.observe(this.body, { childList: true });
    }
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("cancel", (event) => this.cancelled(event));
    this.dialog.addEventListener("input", () => { this.touched = true; });
    this.dialog.addEventListener("click", (event) => this.clicked(event));
    this.dialog.addEventListener("pointerdown", (event) => { this.downOutside = this.outside(event); });
  }
  open() {
    if (!this.dialog || this.dialog.open) return;
    this.before = document.activeElement;
    this.touched = this.warned = false;
    document.querySelectorAll(".menu:popover-open").forEach((menu) => menu.hidePopover());
    this.dialog.showModal();
    liftToasts();
  }
  follow() {
    if (this.body.childElementCount && !this.dialog.open) {
      this.open();
      this.body.querySelector("[autofocus]")?.focus();
    } else if (!this.body.childElementCount && this.dialog.open) this.dialog.close();
  }
  closed() {
    liftToasts();
    this.body?.replaceChildren();
    const back = this.before?.isConnected ? this.before : document.getElementById(this.before?.id || "main");
    back?.focus?.({ preventScroll: true });
  }
  cancelled(event) {
    if (event.target !== this.dialog || !this.touched || this.warned || !this.dialog.dataset.unsaved) return;
    event.preventDefault();
    this.warned = true;
    import("ui/said").then(({ toast }) => toast(this.dialog.dataset.unsaved, "unsaved"));
  }
  outside(event) {
    if (event.target !== this.dialog) return false;
    const box = this.dialog.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  }
  clicked(event) {
    if (event.target.closest("[data-reload]")) { event.preventDefault(); location.reload(); return; }
    if (event.target.closest("[data-close]")) { event.preventDefault(); this.dialog.close(); return; }
    if (this.downOutside && this.outside(event) && !this.touched) this.dialog.close();
  }
}
customElements.define("ui-dialog", UiDialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (!opener || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  openDialog(dialog);
});

/** Opens a dialog; one with data-url is filled from there first (it opens as soon as it is filled). */
export function openDialog(dialog) {
  if (dialog.open) return;
  const shell = dialog.closest("ui-dialog");
  if (!dialog.dataset.url) { shell.open(); return; }
  import("ui/said").then(({ fetchInto }) => fetchInto(dialog.dataset.url, `${dialog.id}-body`));
}

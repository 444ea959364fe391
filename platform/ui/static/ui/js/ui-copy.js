// <ui-copy data-text>: a button inside copies the text, shows a tick for a moment and says so.
import { say } from "ui/said";

class UiCopy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button || this.bound) return;
    this.bound = true;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      try {
        await navigator.clipboard.writeText(this.dataset.text ?? "");
      } catch {
        // No leave to write: the text is selected, so that the usual chord copies it.
        getSelection().selectAllChildren(this.querySelector(".copy-text") ?? this);
        return;
      }
      button.dataset.done = "";
      say(button.dataset.said);
      setTimeout(() => delete button.dataset.done, 1500);
    });
  }
}
customElements.define("ui-copy", UiCopy);

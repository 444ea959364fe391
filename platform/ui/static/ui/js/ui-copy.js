// <ui-copy data-text>: a button inside copies the text and says so for a moment.
class UiCopy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button?.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.dataset.text ?? this.textContent.trim());
      button.dataset.done = "";
      setTimeout(() => delete button.dataset.done, 1500);
    });
  }
}
customElements.define("ui-copy", UiCopy);

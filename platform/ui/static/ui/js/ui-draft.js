// <ui-draft data-key>: keeps what is typed in a text area until it was sent, in this tab only.
class UiDraft extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea");
    if (!area) return;
    const key = `draft:${location.pathname}:${this.dataset.key ?? area.name}`;
    if (!area.value) area.value = sessionStorage.getItem(key) ?? "";
    area.addEventListener("input", () => sessionStorage.setItem(key, area.value));
    area.form?.addEventListener("submit", () => setTimeout(() => sessionStorage.removeItem(key), 0));
  }
}
customElements.define("ui-draft", UiDraft);

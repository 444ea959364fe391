// <ui-draft data-key>: keeps what is typed in its fields until it was sent and accepted, in this tab only. A draft belongs to
// the person who typed it: when somebody else is signed in, the tab forgets it.
const person = document.body?.dataset.person ?? "";
if (person)
  for (const name of Object.keys(sessionStorage))
    if (name.startsWith("draft:") && !name.startsWith(`draft:${person}:`)) sessionStorage.removeItem(name);

class UiDraft extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form") ?? this.closest("form");
    if (!form || this.bound) return;
    this.bound = true;
    this.form = form;
    this.name = `draft:${person}:${location.pathname}:${this.dataset.key ?? form.getAttribute("action") ?? ""}`;
    const fields = () => [...this.querySelectorAll("textarea, input[type=text], input:not([type])")].filter((field) => field.name);
    const kept = JSON.parse(sessionStorage.getItem(this.name) ?? "{}");
    for (const field of fields()) if (!field.value && kept[field.name]) field.value = kept[field.name];
    this.addEventListener("input", () => {
      const typed = Object.fromEntries(fields().filter((field) => field.value).map((field) => [field.name, field.value]));
      sessionStorage.setItem(this.name, JSON.stringify(typed));
    });
    // Sent in full: the next page starts clean unless the server brings the text back. By htmx: after a good answer.
    form.addEventListener("submit", () => { if (!form.matches("[hx-post]")) sessionStorage.removeItem(this.name); });
    this.accepted = (event) => {
      const { ctx } = event.detail ?? {};
      if (ctx?.request?.form === form && ctx.response?.status < 400) sessionStorage.removeItem(this.name);
    };
    document.addEventListener("htmx:after:request", this.accepted);
  }
  disconnectedCallback() { if (this.accepted) document.removeEventListener("htmx:after:request", this.accepted); }
}
customElements.define("ui-draft", UiDraft);

// <ui-date>: a text field for a day in words or figures, and a button that opens the browser's calendar beside it.
class UiDate extends HTMLElement {
  connectedCallback() {
    const text = this.querySelector("input:not([type=date])");
    const native = this.querySelector("input[type=date]");
    const button = this.querySelector("button");
    if (!text || !native || !button || this.bound) return;
    this.bound = true;
    button.disabled = text.disabled;
    button.addEventListener("click", () => {
      const known = text.value.match(/\d{4}-\d\d-\d\d/)?.[0] ?? text.value.replace(/^(\d\d)\.(\d\d)\.(\d{4})$/, "$3-$2-$1");
      native.value = /^\d{4}-\d\d-\d\d$/.test(known) ? known : "";
      native.showPicker?.();
    });
    native.addEventListener("change", () => {
      if (!native.value) return;
      const [year, month, day] = native.value.split("-");
      const written = document.documentElement.lang.startsWith("ru") ? `${day}.${month}.${year}` : native.value;
      const time = text.dataset.timed !== undefined ? text.value.match(/\d{1,2}:\d\d/)?.[0] : "";
      text.value = time ? `${written} ${time}` : written;
      for (const name of ["input", "change"]) text.dispatchEvent(new Event(name, { bubbles: true }));
      text.focus();
    });
  }
}
customElements.define("ui-date", UiDate);

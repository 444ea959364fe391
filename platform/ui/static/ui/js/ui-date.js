// <ui-date>: a text field for a day in words or figures, and a button that opens the browser's calendar beside it.
const MONTHS = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."];

// As kernel.when.format_typed writes a day: 03.11.2026 in Russian, Nov. 3, 2026 in English.
function written(iso) {
  const [year, month, day] = iso.split("-");
  if (document.documentElement.lang.startsWith("ru")) return `${day}.${month}.${year}`;
  return `${MONTHS[Number(month) - 1]} ${Number(day)}, ${year}`;
}

function known(text) {
  const iso = text.match(/\d{4}-\d\d-\d\d/)?.[0];
  if (iso) return iso;
  const dots = text.match(/^(\d\d)\.(\d\d)\.(\d{4})/);
  if (dots) return `${dots[3]}-${dots[2]}-${dots[1]}`;
  const words = text.match(/^([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}), (\d{4})/);
  const month = words ? MONTHS.findIndex((name) => name.startsWith(words[1])) + 1 : 0;
  return month ? `${words[3]}-${String(month).padStart(2, "0")}-${words[2].padStart(2, "0")}` : "";
}

class UiDate extends HTMLElement {
  connectedCallback() {
    const text = this.querySelector("input:not([type=date])");
    const native = this.querySelector("input[type=date]");
    const button = this.querySelector("button");
    if (!text || !native || !button || this.bound) return;
    this.bound = true;
    button.disabled = text.disabled;
    button.addEventListener("click", () => {
      native.value = known(text.value);
      native.showPicker?.();
    });
    native.addEventListener("change", () => {
      if (!native.value) return;
      const day = written(native.value);
      const time = text.dataset.timed !== undefined ? text.value.match(/\d{1,2}:\d\d/)?.[0] : "";
      text.value = time ? `${day} ${time}` : day;
      for (const name of ["input", "change"]) text.dispatchEvent(new Event(name, { bubbles: true }));
      text.focus();
    });
  }
}
customElements.define("ui-date", UiDate);

// <ui-time> around a <time datetime>: keeps relative words ("5 minutes ago") true while the page stays open.
const STEPS = [["minute", 60], ["hour", 3600], ["day", 86400]];
const all = new Set();

function words(seconds) {
  const lang = document.documentElement.lang || "en";
  const size = Math.abs(seconds);
  const [unit, length] = STEPS.findLast(([, least]) => size >= least) ?? STEPS[0];
  return new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

class UiTime extends HTMLElement {
  connectedCallback() { all.add(this); }
  disconnectedCallback() { all.delete(this); }
  refresh() {
    const time = this.querySelector("time");
    const seconds = (Date.parse(time?.dateTime ?? "") - Date.now()) / 1000;
    // A day without a time, and what is a week away, read the same all day.
    if (!time?.dateTime.includes("T") || Math.abs(seconds) < 60 || Math.abs(seconds) >= 86400) return;
    time.textContent = words(seconds);
  }
}
customElements.define("ui-time", UiTime);
setInterval(() => { if (!document.hidden) all.forEach((element) => element.refresh()); }, 60000);

// <ui-countdown data-until data-late>: how long until a moment, kept true by the second; past it, the words of data-late.
// Without JavaScript the server's words stand.
class UiCountdown extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.say(), 1000);
    this.say();
  }
  disconnectedCallback() { clearInterval(this.timer); }
  say() {
    const seconds = Math.round((Date.parse(this.dataset.until) - Date.now()) / 1000);
    if (!(seconds > 0)) {
      this.textContent = this.dataset.late;
      return;
    }
    const lang = document.documentElement.lang || "en";
    const [value, unit] = seconds >= 3600 ? [seconds / 3600, "hour"] : seconds >= 60 ? [seconds / 60, "minute"] : [seconds, "second"];
    this.textContent = new Intl.RelativeTimeFormat(lang).format(Math.round(value), unit);
  }
}
customElements.define("ui-countdown", UiCountdown);

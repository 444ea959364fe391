// <ui-again data-seconds=N>: a page that is not served yet asks for itself until it is, then loads. The link inside it
// does the same by hand; nothing reloads under the eyes of somebody who reads.
class UiAgain extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.dataset.seconds) || 5;
    this.timer = setInterval(() => this.ask(), seconds * 1000);
  }
  disconnectedCallback() { clearInterval(this.timer); }
  async ask() {
    if (document.hidden) return;
    const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer && answer.status !== 503) location.reload();
  }
}
customElements.define("ui-again", UiAgain);

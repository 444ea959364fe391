// <ui-password>: a button shows and hides the password; a new one is weighed while it is typed. The weight is an
// estimate for the person alone: what is too weak the server says, and nothing of it leaves the page before it is sent.
const ROWS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"];
const FIRST = /password|passw0rd|qwerty|admin|welcome|letmein|iloveyou|monkey|dragon|master|login|terem|парол[ья]|терем|привет|люблю/g;
const LEAST = 12;
const BITS = [0, 30, 42, 60];

// What a guesser needs not guess letter by letter becomes one sign: one's own address, first tries, runs, repetitions.
function essence(text, own) {
  let rest = text.toLowerCase();
  for (const piece of own) rest = rest.replaceAll(piece, "·");
  rest = rest.replace(FIRST, "·").replace(/(.)\1{2,}/gu, "$1").replace(/(.{2,4}?)\1+/gu, "$1");
  for (const row of [...ROWS, ...ROWS.map((row) => [...row].reverse().join(""))])
    for (let size = Math.min(row.length, rest.length); size > 3; size -= 1)
      for (let at = 0; at + size <= row.length; at += 1) rest = rest.replaceAll(row.slice(at, at + size), "·");
  return [...new Set(rest.split(/\s+/))].join(" ");
}

export function strength(text, own = []) {
  if ([...text].length < LEAST) return 0;
  const rest = essence(text, own);
  if (new Set(rest).size < 5) return 1;
  const letters = /[\p{L}\s·]/u, other = [...rest].filter((sign) => !letters.test(sign)).length;
  // Bits of each sign: words of a language 2.5, with some figures or signs between 3.5, hardly any words 4.5.
  const each = other === 0 ? 2.5 : other * 3 < rest.length ? 3.5 : 4.5;
  const bits = [...rest].length * each;
  return BITS.filter((bound) => bits >= bound).length;
}

class UiPassword extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input"), button = this.querySelector("button");
    if (!input || !button || this.bound) return;
    this.bound = true;
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
    // A password is sent and kept by the browser as one, not as a text.
    input.form?.addEventListener("submit", () => { input.type = "password"; button.setAttribute("aria-pressed", "false"); });
    const meter = this.querySelector(".strength");
    if (!meter) return;
    const words = meter.dataset.words.split("|"), said = meter.querySelector("[role=status]");
    input.addEventListener("input", () => {
      meter.hidden = !input.value;
      const level = strength(input.value, this.own(input));
      if (meter.dataset.strength === String(level)) return;
      meter.dataset.strength = String(level);
      said.textContent = words[level];
    });
  }
  own(input) {
    const address = [...(input.form?.querySelectorAll("[type=email], [autocomplete~=username], [name=email]") ?? [])].map((field) => field.value.toLowerCase());
    return address.flatMap((one) => [one, ...one.split(/[@.]/)]).filter((piece) => piece.length > 3);
  }
}
customElements.define("ui-password", UiPassword);

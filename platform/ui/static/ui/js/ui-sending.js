// Sending: a form goes once, waiting is shown after a moment, failures are said and never take a page's place.
import { toast } from "ui/said";

const root = document.documentElement;
let open = 0;
let timer = 0;

function waiting(change) {
  open = Math.max(0, open + change);
  clearTimeout(timer);
  if (open) timer = setTimeout(() => { root.dataset.busy = ""; }, 150);
  else delete root.dataset.busy;
}

// What is missing is said by the server at the field, in the reader's language, not in a bubble of the browser.
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("button, input[type=submit]")?.form;
  if (form) form.noValidate = true;
}, true);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sending !== undefined) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sending = "";
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  const free = () => { delete form.dataset.sending; button?.removeAttribute("aria-busy"); };
  if (form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) {
    const ended = (done) => {
      if (done.detail?.ctx?.request?.form !== form) return;
      document.removeEventListener("htmx:finally:request", ended);
      free();
    };
    document.addEventListener("htmx:finally:request", ended);
  } else {
    waiting(1);
    setTimeout(() => { free(); waiting(-1); }, 20000);
    addEventListener("pageshow", free, { once: true });
  }
}, true);

document.addEventListener("htmx:before:request", () => waiting(1));
document.addEventListener("htmx:finally:request", () => waiting(-1));

const isPage = (text) => /^\s*(<!--.*?-->\s*)*<!doctype/is.test(text ?? "");

// A request that ended on another page (a session that is over, a redirect) goes there as a whole.
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  const { raw } = ctx.response;
  if (raw.redirected && isPage(ctx.text) && ctx.target !== document.body) {
    event.preventDefault();
    location.assign(raw.url);
  }
});

// A failure is swapped nowhere; if the answer does not speak for itself, we do.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  const speaks = ctx.text.includes("<hx-partial");
  if (isPage(ctx.text)) ctx.hx.reswap = "none";
  if (!speaks && (isPage(ctx.text) || ctx.response.status >= 500)) toast(document.body.dataset.failed, "failed");
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail?.ctx) toast(document.body.dataset.offline, "offline");
});
addEventListener("offline", () => toast(document.body.dataset.offline, "offline"));

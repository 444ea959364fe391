// Every form: the pressed button is marked busy and a second press does nothing while the first is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sending !== undefined) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sending = "";
  event.submitter?.setAttribute("aria-busy", "true");
  const free = () => { delete form.dataset.sending; event.submitter?.removeAttribute("aria-busy"); };
  if (form.matches("[hx-post], [hx-put], [hx-delete]")) document.addEventListener("htmx:finally:request", free, { once: true });
  else { setTimeout(free, 15000); addEventListener("pageshow", free, { once: true }); }
}, true);
// A server failure never replaces what is on the page: say so in a toast, keep what was typed.
document.addEventListener("htmx:error", () => say());
function say() {
  const words = document.body.dataset.offline;
  const region = document.getElementById("toasts");
  if (!words || !region || region.querySelector("[data-offline]")) return;
  const toast = document.createElement("ui-toast");
  toast.className = "toast";
  toast.dataset.offline = "";
  const text = document.createElement("span");
  text.textContent = words;
  toast.append(text);
  region.append(toast);
}

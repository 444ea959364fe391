// Passkeys: a form with data-passkey asks the browser first, and goes on with what it answered.
const able = Boolean(window.PublicKeyCredential && navigator.credentials && window.isSecureContext);
const forms = document.querySelectorAll("form[data-passkey]");

function say(form, name) {
  const box = form.querySelector("[data-passkey-said]");
  const words = box.querySelector("span");
  words.textContent = words.dataset[name];
  box.hidden = false;
}

async function options(form) {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(form.querySelector("#passkey-options").textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const given = await options(form);
  return form.dataset.passkey === "create"
    ? window.webauthnJSON.create(given.creation_options)
    : window.webauthnJSON.get(given.request_options);
}

const reason = (error) => ({ NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "known" })[error.name] ?? "unable";

// Before the kit's own listener, which takes a form that was sent once for sent.
window.addEventListener("submit", async (event) => {
  const form = event.target;
  const field = form.matches("form[data-passkey]") && form.elements.credential;
  if (!field || field.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = event.submitter ?? form.querySelector("[type=submit]");
  form.querySelector("[data-passkey-said]").hidden = true;
  button.disabled = true;
  try {
    field.value = JSON.stringify(await ask(form));
    button.disabled = false;
    form.requestSubmit(button);
  } catch (error) {
    button.disabled = false;
    say(form, reason(error));
  }
}, true);

// Coming back by the browser's button must not send an old answer.
window.addEventListener("pageshow", () => {
  for (const form of forms) form.elements.credential.value = "";
});

for (const form of forms) {
  if (able) {
    form.hidden = false;
    form.querySelector("[type=submit]").disabled = false;
  } else if (form.dataset.passkey !== "sign-in") say(form, "unable");
}

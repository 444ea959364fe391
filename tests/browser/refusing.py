"""Sending a form that cannot be right, and looking at how it is refused."""

from __future__ import annotations

from tests.browser.eyes import Eyes

# Of the forms that post to this very page the one with the most fields; else the fullest of all.
_FORM = """() => {
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const fields = (form) => [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea, select") && field.checkVisibility()).length;
  const here = forms.filter((form) => !form.getAttribute("action") || new URL(form.action).pathname === location.pathname);
  const fullest = (some) => some.sort((a, b) => fields(b) - fields(a))[0];
  return fullest(here) ?? fullest(forms) ?? null;
}"""
_DESCRIBED = """(field) => {
  const told = (one) => (one?.getAttribute("aria-describedby") ?? "").split(" ").some((id) => document.getElementById(id)?.textContent.trim());
  return told(field) || told(field.closest("fieldset"));
}"""
# A button may stand in one form and send another.
_OWN_BUTTONS = "button[type=submit]:not([form]), button:not([type], [form])"
# More than any text of the product may have (20,000), and no more: the browser has to lay out all of it.
TOO_LONG = 20_001


def refuse(eyes: Eyes) -> list[str]:
    """Empty what is required, or write too much; send. Faults of the answer: it must say what is wrong at the field."""
    page = eyes.page
    found = page.evaluate_handle(_FORM).as_element()
    if found is None:
        return ["there is no form"]
    found.evaluate("(form) => { form.noValidate = true; form.dataset.looked = ''; }")
    form = page.locator("form[data-looked]")
    required = form.locator("input[required]:not([type=hidden]):not([type=file]), textarea[required]")
    texts = form.locator("input[type=text], input[type=email], input:not([type]), textarea")
    for field in required.all():
        if field.is_visible() and field.get_attribute("type") not in ("checkbox", "radio"):
            field.fill("")
    if not required.count():
        first = texts.locator("visible=true").first
        if not first.count():
            return ["this form has no field that can be wrong: name it in inventory.NOTHING_TO_REFUSE"]
        first.fill("ш" * TOO_LONG)
    with page.expect_response(lambda answer: answer.request.method == "POST") as awaited:
        form.locator(_OWN_BUTTONS).locator("visible=true").first.click()
    eyes.settle()
    eyes.forgive(422)
    # So long a text makes the addresses of suggestions too long; what people type does not.
    for status in (414, 431):
        eyes.forgive(status)
    if awaited.value.status != 422:
        return [f"a wrong form is answered with {awaited.value.status}, not with 422"]
    wrong = page.locator("[aria-invalid=true]")
    if not wrong.count():
        return ["no field says that it is wrong (aria-invalid)"]
    described = wrong.first.evaluate(_DESCRIBED)
    return [] if described else ["the wrong field does not point to its sentence (aria-describedby)"]

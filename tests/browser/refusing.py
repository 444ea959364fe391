"""Sending a form that cannot be right, and looking at how it is refused."""

from __future__ import annotations

from tests.browser.eyes import Eyes

FORM = "main form[method=post]:not([data-quiet])"
# More than any text of the product may have.
TOO_LONG = 100_001


def refuse(eyes: Eyes) -> list[str]:
    """Empty what is required, or write too much; send. Faults of the answer: it must say what is wrong at the field."""
    page = eyes.page
    form = page.locator(FORM).filter(has=page.locator("visible=true")).last
    required = form.locator("input[required]:not([type=hidden]):not([type=file]), textarea[required]")
    texts = form.locator("input[type=text], input[type=email], input:not([type]), textarea")
    for field in required.all():
        if field.is_visible() and field.get_attribute("type") not in ("checkbox", "radio"):
            field.fill("")
    if not required.count():
        first = texts.locator("visible=true").first
        if not first.count():
            return ["this form has no field that can be wrong: name it in inventory.NOTHING_TO_REFUSE"]
        first.fill("w" * TOO_LONG)
    form.evaluate("(form) => { form.noValidate = true; }")
    with page.expect_response(lambda answer: answer.request.method == "POST") as awaited:
        form.locator("button[type=submit], button:not([type])").locator("visible=true").first.click()
    eyes.settle()
    eyes.forgive(422)
    if awaited.value.status != 422:
        return [f"a wrong form is answered with {awaited.value.status}, not with 422"]
    wrong = page.locator("[aria-invalid=true]")
    if not wrong.count():
        return ["no field says that it is wrong (aria-invalid)"]
    described = wrong.first.evaluate(
        "(field) => (field.getAttribute('aria-describedby') ?? '').split(' ').some((id) => document.getElementById(id)?.textContent.trim())"
    )
    return [] if described else ["the wrong field does not point to its sentence (aria-describedby)"]

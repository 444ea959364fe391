"""What pages look like after somebody has done something there: open menus, selections, refusals, empty lists.

Dialogs and menus that a page offers are opened by the page's own test; a form that is
refused is made from every form page. Here stands what takes more than one click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kernel.errors import OverLimit, TooMany
from tests.browser import ways
from tests.browser.eyes import Eyes

Act = Callable[[Eyes], None]


@dataclass(frozen=True)
class State:
    """A page after ``act``. ``company`` is demo, copy or example (beside demo), fresh, unpaid, suspended, public or operator; ``who`` a member's key or empty.

    ``wide`` states exist on wide screens only; ``heading`` is False where no h1 is expected.
    """

    name: str
    path: str
    act: Act | None = None
    company: str = "demo"
    who: str = "owner"
    status: int = 200
    wide: bool = False


def select_rows(eyes: Eyes) -> None:
    """Tick the first three rows."""
    for box in eyes.page.locator("tbody input[name=ids]").all()[:3]:
        box.check()


def press(*keys: str) -> Act:
    """Press keys one after the other on the page."""

    def act(eyes: Eyes) -> None:
        for key in keys:
            eyes.page.keyboard.press(key)
        eyes.settle()

    return act


def palette(words: str = "") -> Act:
    """Open the palette, and ask for something."""

    def act(eyes: Eyes) -> None:
        eyes.page.keyboard.press("Control+k")
        eyes.page.locator("#palette[open]").wait_for()
        if words:
            eyes.page.locator("#palette input[type=search]").fill(words)
            eyes.page.wait_for_timeout(400)
        eyes.settle()

    return act


def click(selector: str) -> Act:
    """Click the first element that is there to be seen."""

    def act(eyes: Eyes) -> None:
        eyes.page.locator(selector).locator("visible=true").first.click()
        eyes.settle()

    return act


def appears(selector: str) -> Act:
    """Wait for something that comes a moment later."""

    def act(eyes: Eyes) -> None:
        eyes.page.locator(selector).wait_for()
        eyes.settle()

    return act


def doubles(eyes: Eyes) -> None:
    """Type the name of a company that is there: it is said quietly."""
    eyes.page.locator("#id_name").press_sequentially(
        {"en": "Aurora Dental", "ru": "Стоматология"}[eyes.sight.language]
    )
    eyes.page.wait_for_timeout(700)
    eyes.settle()


def unfold(eyes: Eyes) -> None:
    """On a phone the facts fold after five: show them all."""
    more = eyes.page.locator("[data-unfold]").locator("visible=true")
    if more.count():
        more.first.click()


def send_nothing(eyes: Eyes) -> None:
    """Send the form without a file."""
    eyes.page.locator("main form").first.evaluate("(form) => { form.noValidate = true; }")
    eyes.page.locator("main form button[type=submit]").first.click()
    eyes.settle()
    eyes.forgive(422)


def then(*acts: Act) -> Act:
    """One after the other."""

    def act(eyes: Eyes) -> None:
        for one in acts:
            one(eyes)
            eyes.settle()

    return act


def typed(selector: str, words: dict[str, str]) -> Act:
    """Type into a field as a person does."""

    def act(eyes: Eyes) -> None:
        eyes.page.locator(selector).locator("visible=true").first.press_sequentially(
            words[eyes.sight.language]
        )
        eyes.page.wait_for_timeout(500)
        eyes.settle()

    return act


def _over_limit() -> dict[str, Any]:
    return {"error": OverLimit(limit="members", used=5, allowed=5)}


_FRESH = ("", "companies/", "people/", "deals/", "deals/?draw=table", "deals/forecast/", "tasks/", "jobs/", "imports/",
    "settings/trash/", "settings/tags/", "settings/history/", "settings/members/", "settings/headings/", "settings/teams/")  # fmt: skip

_LISTED = (
    State("companies-nothing-found", "/companies/?q=zzzzzzzz"),
    State("companies-selected", "/companies/", select_rows, wide=True),
    State(
        "companies-assigning",
        "/companies/",
        then(select_rows, click("[data-bulk] button[name=ask]")),
        wide=True,
    ),
    State("companies-condition", "/companies/", then(click(".chip-add[hx-get]"), click(".field-list a"))),
    State("company-suggestions", "/people/new/", typed("[role=combobox]", {"en": "a", "ru": "а"})),
    State("company-doubles", "/companies/new/", doubles),
    State("deal-client", "/deals/new/", typed("[role=combobox]", {"en": "a", "ru": "а"})),
    State(
        "company-notes",
        "/companies/{things[companies/]}/",
        click(".timeline-filters a, .segmented a, nav[aria-label] a[hx-get*=timeline]"),
    ),
    State("company-task", "/companies/{things[companies/]}/", click(".composer-kinds > :last-child")),
    State("company-call", "/companies/{things[companies/]}/", click(".composer-kinds > :nth-child(2)")),
    State(
        "company-fact",
        "/companies/{things[companies/]}/",
        then(unfold, click("#fact-description .fact")),
    ),
    State("person-fact", "/people/{things[people/]}/", then(unfold, click("#fact-position .fact"))),
    State("companies-peek", "/companies/", then(press("j", "Space"), appears("#side[open]")), wide=True),
    State("deals-table", "/deals/?draw=table"),
    State("deals-moving", "/deals/", click(".card .card-move, .card [popovertarget]")),
    State("long-company", "/companies/{things[companies/long]}/"),
    State("long-deal", "/deals/{things[deals/long]}/"),
    State("job-failed", "/jobs/{things[jobs/failed]}/"),
    State("palette", "/", palette()),
    State("palette-nothing", "/", palette("zzzzzz")),
    State("keys", "/", click(".sidebar [data-opens='keys']"), wide=True),
    State("page-help", "/companies/", press("?")),
    State("ask-for-help", "/companies/", then(press("?"), click("#dialog-body a[data-rank='primary']"))),
    State("not-found", "/nowhere/", status=404),
    State("foreign-record", "/companies/01a20000-0000-7000-8000-000000000000/", status=404),
    State("not-allowed", "/settings/members/", who="guest", status=403),
    State("guest-companies", "/companies/", who="guest"),
    State("suspended", "/", company="suspended", who="", status=402),
    State("import-no-file", "/imports/new/", send_nothing),
    State("import-done", "/imports/{things[imports/done]}/"),
    State("import-undone", "/imports/{things[imports/undone]}/"),
    State("import-rows", "/imports/{things[imports/done]}/rows/"),
    State("import-wrong", "/imports/{things[imports/]}/columns/?show=wrong"),
    State("conflict-page", "/companies/{things[companies/long]}/fields/description/", ways.stale_page),
    State("conflict-inline", "/companies/{things[companies/long]}/fields/description/", ways.stale_inline),
    State("ticket-over", "/enter/no-such-ticket/", who="stranger", status=404),
    State(
        "failure",
        "/help/",
        ways.answered("ui/errors/failure.html", 500, lambda: {"reference": "8f320c4d1e5a"}),
    ),
    State(
        "upgrading", "/help/", ways.answered("tenants/upgrading.html", 503, lambda: {"workspace": "Терем"})
    ),
    State("too-many", "/help/", ways.answered("ui/errors/too_many.html", 429, lambda: {"error": TooMany()})),
    State("status-silent", "/help/", ways.answered("tenants/status/silent.html", 503)),
    State("stale-form", "/help/", ways.answered("ui/errors/stale_form.html", 403)),
    State("over-limit", "/help/", ways.answered("ui/errors/over_limit.html", 403, _over_limit)),
    State("signup-address", "/signup/", ways.signup_address, company="public", who="stranger-address"),
    State("signup-code", "/signup/", ways.signup_code, company="public", who="stranger-signup"),
    State("sign-in-factor", "/account/login/", ways.sign_in_factor, company="public", who="stranger-factor"),
    State(
        "forgotten-code", "/account/forgotten/", ways.forgotten_code, company="public", who="stranger-code"
    ),
    State(
        "forgotten-password",
        "/account/forgotten/",
        ways.forgotten_password,
        company="public",
        who="stranger-reset",
    ),
    State("handover-stranger", "/handover/?workspace=nobody-knows-it", company="public", status=404),
    State("handover-closed", "/handover/?workspace={suspended}", company="public", who="closed", status=402),
    State("invitation-over", "/invitations/nobody/nothing/", company="public", who="", status=404),
    State("public-not-found", "/nowhere/", company="public", who="", status=404),
    State("console-closed", "/tenants/", company="operator", who="owner", status=404),
    State("copy-profile", "/settings/profile/", company="copy"),
    State("copy-companies", "/companies/", company="copy"),
    State("copy-import", "/imports/new/", company="copy"),
    State("copy-billing", "/settings/billing/", company="copy"),
    State("example-start", "/", company="example"),
    State("example-tours", "/tours/", company="example"),
    State("example-deals", "/deals/", company="example"),
    State("example-company", "/companies/{things[companies/]}/", company="example"),
    State("example-import", "/imports/new/", company="example"),
    State("fresh-settings-example", "/settings/example/?line=trade", company="fresh"),
    State("billing-trial", "/settings/billing/", company="fresh"),
    State("billing-checkout", "/settings/billing/checkout/", company="fresh"),
    State("billing-checkout-refused", "/settings/billing/checkout/", ways.too_many_seats, company="fresh"),
    State("billing-preview", "/settings/billing/change/", ways.more_seats("25")),
    State("billing-change-refused", "/settings/billing/change/", ways.too_many_seats),
    State("billing-unpaid", "/settings/billing/", company="unpaid"),
    State("unpaid-start", "/", company="unpaid"),
    State("unpaid-refused", "/companies/new/", ways.unpaid, company="unpaid"),
    State("prices-by-year", "/prices/?interval=year&currency=USD", company="public", who=""),
    State("deliveries-failed", "/deliveries/?status=failed", company="operator", who="operator"),
    *(
        State(
            f"fresh-{path.strip('/').replace('/', '-').replace('?draw=', '') or 'start'}",
            f"/{path}",
            company="fresh",
        )
        for path in _FRESH
    ),
)

STATES: dict[str, State] = {state.name: state for state in _LISTED}

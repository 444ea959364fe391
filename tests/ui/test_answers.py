"""Results become answers: a page, a part, a dialog, changed regions, a toast, an error in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import gettext_lazy as _

from kernel import context, signing
from kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    OverLimit,
    TeremError,
    TooMany,
    Unavailable,
)
from kernel.web import SignInFirst
from ui import answers


@pytest.fixture(autouse=True)
def _request_context() -> Iterator[None]:
    """As the outermost middleware does."""
    with context.enter(context.Context()):
        yield


PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
FULL = {"HX-Request": "true", "HX-Request-Type": "full"}


def ask(path: str = "/deals/?page=2", target: str = "", **headers: str) -> HttpRequest:
    if target:
        headers["HX-Target"] = target
    return RequestFactory().get(path, headers=headers)


def words(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_page_is_whole_unless_a_part_is_asked_for() -> None:
    template = "gallery/palette.html"
    values: dict[str, Any] = {"found": [], "families": []}
    whole = words(answers.page(ask(), template, values, part="results"))
    part = words(answers.page(ask(**PARTIAL), template, values, part="results"))
    restored = words(answers.page(ask(**FULL), template, values, part="results"))
    assert "<ui-palette>" in whole
    assert "<ui-palette>" not in part
    assert restored == whole
    assert answers.page(ask(), template, values).headers["Cache-Control"] == "no-store"


def test_a_page_fits_into_dialog_and_side_panel() -> None:
    from ui.gallery.forms import DealForm

    values = {"form": DealForm()}
    page = words(answers.page(ask(), "gallery/pages/form.html", values))
    dialog = words(answers.page(ask(target="div#dialog-body", **PARTIAL), "gallery/pages/form.html", values))
    side = words(answers.page(ask(target="div#side-body", **PARTIAL), "gallery/pages/form.html", values))
    assert "<!doctype" in page
    assert "<h1" in page
    assert "hx-post" not in page.split("<form", 1)[1].split(">", 1)[0]
    assert "<!doctype" not in dialog
    assert '<h2 id="dialog-title">' in dialog
    assert 'hx-target="#dialog-body"' in dialog
    assert "data-close" in side
    assert "<!doctype" not in side


def test_invalid_is_422() -> None:
    from ui.gallery.forms import filled

    response = answers.invalid(ask(), "gallery/pages/form.html", {"form": filled(name="")})
    assert response.status_code == 422
    assert "Lobby" not in words(response)
    assert 'aria-invalid="true"' in words(response)


def test_a_change_answers_regions_and_a_toast_to_htmx() -> None:
    request = ask(**PARTIAL)
    region = answers.region(request, "#row-1", "ui/skeleton.html", {"words": "<b>"})
    response = answers.changed(request, region, to="/deals/", words=_("Saved"), undo="/undo/1/")
    text = words(response)
    assert response.status_code == 200
    assert '<hx-partial hx-target="#row-1" hx-swap="outerMorph">' in text
    assert "&lt;b&gt;" in text
    assert 'hx-post="/undo/1/"' in text


def test_a_change_without_htmx_goes_on_and_carries_the_toast() -> None:
    response = answers.changed(ask(), to="/deals/", words=_("Saved"), undo="/undo/1/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/deals/"
    cookie = response.cookies[answers.FLASH_COOKIE]
    assert cookie["httponly"]
    following = ask()
    following.COOKIES[answers.FLASH_COOKIE] = cookie.value
    assert answers.flash(following) == {"words": "Saved", "undo": "/undo/1/"}


def test_a_forged_toast_is_not_shown() -> None:
    request = ask()
    request.COOKIES[answers.FLASH_COOKIE] = signing.sign("other", {"words": "<script>", "undo": ""})
    assert answers.flash(request) is None


def test_a_change_with_follow_sends_htmx_on() -> None:
    response = answers.changed(ask(**PARTIAL), to="/deals/7/", words=_("Added"), follow=True)
    assert response.headers["HX-Redirect"] == "/deals/7/"
    assert answers.FLASH_COOKIE in response.cookies


def test_a_change_from_the_dialog_closes_it() -> None:
    inside = words(answers.changed(ask(target="div#dialog-body", **PARTIAL), to="/", words=_("Saved")))
    outside = words(answers.changed(ask(target="tr#row-1", **PARTIAL), to="/", words=_("Saved")))
    assert str(answers.CLOSED) in inside
    assert str(answers.CLOSED) not in outside


def test_a_change_with_nothing_to_show_is_204() -> None:
    assert answers.changed(ask(**PARTIAL), to="/").status_code == 204


ERRORS: list[tuple[TeremError, int]] = [
    (NotAllowed(right="sales.edit"), 403),
    (NotFound(), 404),
    (Invalid(_("Too long")), 422),
    (Conflict(_("Anna changed this")), 409),
    (OverLimit(_("Five members")), 402),
    (TooMany(retry_after=7), 429),
    (Unavailable(retry_after=9), 503),
    (TeremError(), 500),
]


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_a_page(error: TeremError, status: int) -> None:
    response = answers.error(ask(), error)
    text = words(response)
    assert response.status_code == status
    assert "<h1>" in text
    assert "Traceback" not in text
    if isinstance(error, TooMany | Unavailable):
        assert response.headers["Retry-After"] == str(error.retry_after)


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_is_a_toast_for_htmx(error: TeremError, status: int) -> None:
    """The page stays as it is: nothing is swapped but the toast."""
    response = answers.error(ask(**PARTIAL), error)
    assert response.status_code == status
    assert response.headers["HX-Reswap"] == "none"
    assert 'hx-target="#toasts"' in words(response)


def test_a_limit_says_how_much_is_used() -> None:
    error = OverLimit(_("Your plan holds five members."), limit="members", used=5, allowed=5)
    dialog, page = words(answers.error(ask(**PARTIAL), error)), words(answers.error(ask(), error))
    assert 'hx-target="#dialog-body"' in dialog
    for text in (dialog, page):
        assert "5 of 5" in text


def test_a_conflict_shows_both_values() -> None:
    error = Conflict(_("Mark changed this"), yours={"Amount": "18,400"}, theirs={"Amount": "16,900"})
    dialog, page = words(answers.error(ask(**PARTIAL), error)), words(answers.error(ask(), error))
    for text in (dialog, page):
        assert "18,400" in text
        assert "16,900" in text
    assert 'hx-target="#dialog-body"' in dialog


def test_a_missing_right_is_named() -> None:
    from kernel.rights import RIGHTS, Right

    RIGHTS.setdefault("gallery.try", Right("gallery.try", "Try the gallery", ""))
    assert "Try the gallery" in words(answers.error(ask(), NotAllowed(right="gallery.try")))


def test_the_middleware_words_only_our_errors() -> None:
    middleware = answers.ErrorMiddleware(lambda request: HttpResponse())
    found = middleware.process_exception(ask(), NotFound())
    assert found is not None
    assert found.status_code == 404
    assert middleware.process_exception(ask(), ValueError()) is None
    sent = middleware.process_exception(ask(), SignInFirst())
    assert sent is not None
    assert sent.headers["Location"].endswith("?next=%2Fdeals%2F%3Fpage%3D2")


def test_a_shown_toast_is_not_shown_again() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        answers.flash(request)
        return HttpResponse()

    request = ask()
    request.COOKIES[answers.FLASH_COOKIE] = signing.sign("flash", {"words": "Saved", "undo": ""})
    response = answers.ErrorMiddleware(view)(request)
    assert response.cookies[answers.FLASH_COOKIE].value == ""


def test_failure_names_the_request() -> None:
    plain, part = ask(), ask(**PARTIAL)
    for request in (plain, part):
        request.id = "a1b2c3"  # type: ignore[attr-defined]
        assert "a1b2c3" in words(answers.failure(request))
    assert answers.failure(part).headers["HX-Reswap"] == "none"


def test_a_stale_form_is_no_page_inside_a_page() -> None:
    assert answers.csrf_failure(ask()).status_code == 403
    assert 'hx-target="#toasts"' in words(answers.csrf_failure(ask(**PARTIAL)))


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/deals/", "/deals/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_only_addresses_of_this_host_are_followed(wanted: str, goes: str) -> None:
    request = RequestFactory().get("/", {"next": wanted})
    assert answers.safe_next(request, "/") == goes


def test_options_are_escaped_and_offer_a_new_name() -> None:
    from ui.forms import Option

    text = words(answers.options(ask(**PARTIAL), [Option("1", "<b>Firm</b>", "Bristol")], create="Firm & Co"))
    assert "&lt;b&gt;Firm&lt;/b&gt;" in text
    assert "Firm &amp; Co" in text
    assert "data-create" in text

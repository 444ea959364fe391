"""The public site's start, the one form that opens a workspace, and what follows it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing import api as billing
from identity import api as identity
from kernel.errors import Invalid
from kernel.web import account, public
from onboarding import actions, opening, queries
from onboarding.forms import AddressForm, CompanyForm, SignUpForm, suggested_address
from tenants import api as tenants
from ui import answers
from ui.forms import refuse


@public()
def landing(request: HttpRequest) -> HttpResponse:
    """What Terem is, in one screen."""
    return answers.page(
        request, "onboarding/landing.html", {"account": identity.current(request), "prices": billing.sells()}
    )


@public()
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open a workspace: with an account, or for the one that is signed in."""
    if identity.current(request) is not None:
        return _another(request)
    form = SignUpForm(request.POST or None, initial=_again(request))
    if request.method == "POST" and form.is_valid():
        answer = _taken_in(request, form)
        if answer is not None:
            return answer
    identity.keep_session(request)
    return _form(request, form)


def _form(request: HttpRequest, form: Any) -> HttpResponse:
    state = _state(request, form["slug"].value() or "")
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/signup.html", {"form": form} | state)


def _again(request: HttpRequest) -> dict[str, Any]:
    """Somebody comes back to the form before confirming: nothing is asked twice."""
    found = queries.begun_here(request.session)
    if found is None:
        return {}
    return {"company": found.company, "slug": found.slug, "email": found.email}


def _taken_in(request: HttpRequest, form: SignUpForm) -> HttpResponse | None:
    """The answer to a good form; None if the form must be shown again."""
    code = HttpResponseRedirect(reverse("account_email_verification_sent"))
    if form.by_a_program:
        return code
    given = form.asked() | {"language": language(), "password": form.cleaned_data["password"]}
    begun = queries.begun_here(request.session)
    try:
        if begun is not None and begun.account_id and begun.email == form.cleaned_data["email"]:
            actions.sign_up_again(begun, **given)
            return code
        return actions.sign_up(
            request, id=form.cleaned_data["token"], email=form.cleaned_data["email"], **given
        )
    except actions.Repeated:
        return code
    except Invalid as error:
        refuse(form, error)
        return None


def _another(request: HttpRequest) -> HttpResponse:
    """One more workspace for an account that is signed in."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.asked() | {"language": language()}
        me = identity.current(request)
        try:
            found = actions.begin(id=form.cleaned_data["token"], email=me.email, account=me, **given)
            return HttpResponseRedirect(_opening(found.id))
        except actions.Repeated:
            return HttpResponseRedirect(_opening(form.cleaned_data["token"]))
        except Invalid as error:
            refuse(form, error)
    return _form(request, form)


def language() -> str:
    return (get_language() or "en").partition("-")[0]


def _opening(signup_id: UUID) -> str:
    return reverse("onboarding:opening", args=[signup_id])


@public()
def address(request: HttpRequest) -> HttpResponse:
    """The address field while somebody types: a suggestion, and whether it is free."""
    shown = suggested_address(request.GET)
    values = {"form": CompanyForm(initial=shown)} | _state(request, shown["slug"])
    part = "state" if answers.asked_for(request) == "address-state" else "address"
    return answers.page(request, f"onboarding/address.html#{part}", values)


def _state(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What is known of an address: whether it is free, or a sentence why not."""
    if not slug:
        return {"free": False, "words": ""}
    try:
        actions.check_address(slug, but=_token(request))
    except Invalid as error:
        return {"free": False, "words": str(error)}
    return {"free": True, "words": ""}


def _token(request: HttpRequest) -> UUID | None:
    """The form's own id, or that of the signup begun here before: what these hold is no hindrance."""
    begun = queries.begun_here(request.session)
    if begun is not None:
        return begun.id
    try:
        return UUID(request.POST.get("token") or request.GET.get("token") or "")
    except ValueError:
        return None


@account()
def open_workspace(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Do what is left of the opening, then go in. A signup from elsewhere is asked about first."""
    me = identity.current(request)
    found = queries.mine(me, signup_id)
    known = found.account_id is not None or request.session.get("signup") == str(found.id)
    if request.method != "POST" and not known:
        return answers.page(request, "onboarding/unfinished.html", {"signup": found})
    # Whoever has just opened it is asked the questions of the beginning; whoever comes back is not.
    way = "enter/?next=/questions/" if found.is_open else "enter/"
    try:
        tenant = opening.go_on(signup_id=found.id, account=me)
    except Invalid:
        return HttpResponseRedirect(reverse("onboarding:another_address", args=[found.id]))
    # The session may go on naming it: what is done is not begun. Its first address always leads in.
    return HttpResponseRedirect(queries.workspace_url(tenants.host_of(tenant.slug), way))


@account()
def another_address(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """Somebody else was faster: choose another address and go on."""
    me = identity.current(request)
    found = queries.mine(me, signup_id)
    form = AddressForm(request.POST or None, initial={"slug": queries.suggestion(found.company)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_address(account=me, signup_id=found.id, slug=form.cleaned_data["slug"])
            return HttpResponseRedirect(_opening(found.id))
        except Invalid as error:
            refuse(form, error)
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/another_address.html", {"form": form, "signup": found})


@account()
def giving_up(request: HttpRequest, signup_id: UUID) -> HttpResponse:
    """An unfinished workspace is not wanted after all."""
    if request.method == "POST":
        actions.give_up(account=identity.current(request), signup_id=signup_id)
    return answers.changed(
        request,
        to=reverse("onboarding:workspaces"),
        words=_("The unfinished workspace is gone."),
        follow=True,
    )

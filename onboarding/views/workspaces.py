"""Account host: which workspaces are mine, find them by mail, the handover into one, and having left one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from identity import api as identity
from kernel.errors import NotFound, TooMany
from kernel.web import account, public
from onboarding import entering, letters, queries
from onboarding.forms import FindForm
from ui import answers

FACTOR_WAY = "after_factor"


@account()
def workspaces(request: HttpRequest) -> HttpResponse:
    """The chooser."""
    me = identity.current(request)
    values = {"workspaces": queries.workspaces(me), "unfinished": queries.unfinished(me), "account": me}
    return answers.page(request, "onboarding/workspaces.html", values)


@account()
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """Where signing in leads: on with what was begun here, into the only workspace, or to the chooser."""
    me = identity.current(request)
    begun = queries.begun_here(request.session)
    if begun is not None and begun.account_id in (None, me.pk) and begun.email == me.email:
        return HttpResponseRedirect(reverse("onboarding:opening", args=[begun.id]))
    found = queries.workspaces(me)
    real = [workspace for workspace in found if not workspace.example]
    if len(real) == 1 and real[0].open and not queries.unfinished(me):
        return HttpResponseRedirect(real[0].way_in)
    return HttpResponseRedirect(reverse("onboarding:workspaces"))


@public()
def find(request: HttpRequest) -> HttpResponse:
    """The list of one's workspaces by mail. The page never says whether there are any."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            letters.send_workspaces(
                request, email=form.cleaned_data["email"], language=get_language() or "en"
            )
        except TooMany as error:
            form.add_error("email", str(error))
            return answers.page(request, "onboarding/find.html", {"form": form}, status=429)
        return answers.page(request, "onboarding/found.html", {"email": form.cleaned_data["email"]})
    answer = answers.invalid if form.errors else answers.page
    return answer(request, "onboarding/find.html", {"form": form})


@account()
def handover(request: HttpRequest) -> HttpResponse:
    """A ticket into the workspace that asked, if it is the account's and its rules are met."""
    me = identity.current(request)
    path = entering.local(request.GET.get("next", "/"))
    try:
        mine = entering.enterable(me, request.GET.get("workspace", ""))
    except NotFound:
        return answers.page(request, "onboarding/stranger.html", {"account": me}, status=404)
    tenant = mine.tenant
    if tenant.status != tenant.Status.ACTIVE:
        return answers.page(request, "onboarding/closed.html", {"tenant": tenant}, status=402)
    if queries.factor_missing(rules := queries.rules_of_entering(tenant, mine.host), me):
        request.session[FACTOR_WAY] = request.get_full_path()
        return answers.page(request, "onboarding/factor.html", {"tenant": tenant}, status=403)
    request.session.pop(FACTOR_WAY, None)
    queries.demand_fresh_proof(rules, request)
    to = entering.way_back(tenant, me, request.GET.get("nonce", ""), path, at=request.GET.get("at", ""))
    if not entering.is_ours(to):
        # A redirect might end a form's way, and a form of ours may not lead to foreign domains.
        values = {"tenant": tenant, "to": to}
        return entering.no_trace(answers.page(request, "onboarding/crossing.html", values))
    return entering.no_trace(HttpResponseRedirect(to))


@public()
def left(request: HttpRequest) -> HttpResponse:
    """After leaving a workspace: the account is still signed in, and says so."""
    return answers.page(request, "onboarding/left.html", {"account": identity.current(request)})

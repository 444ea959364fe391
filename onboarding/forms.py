"""Forms of the way in: a company with its address, a person, a mail address."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from identity import api as identity
from kernel.emails import domain_of
from kernel.errors import Invalid
from kernel.ids import uuid7
from kernel.text import slugify
from kernel.when import is_zone
from onboarding import queries
from tenants import api as tenants
from ui.forms import EmailField, Form, ReadField, TextField, refuse

PASSWORD_HELP = _("At least 12 characters. Four plain words are a good password.")
# While somebody types: the company's name suggests an address, the address says whether it is free.
_ASKS = {
    "hx-get": "/signup/address/",
    "hx-trigger": "input changed delay:250ms",
    "hx-include": "#id_company, #id_slug, #id_suggested, #id_token",
    "hx-sync": "this:replace",
}


@cache
def disposable() -> frozenset[str]:
    """Domains of mailboxes that vanish after minutes."""
    text = (Path(__file__).parent / "disposable.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _password(label: Any, autocomplete: str = "new-password") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class AddressField(TextField):
    """The first label of a workspace's address, as people type or paste it."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").strip().lower()
        text = text.removeprefix("https://").removeprefix("http://").partition("/")[0]
        return text.removesuffix(f".{settings.TEREM_DOMAIN}{settings.TEREM_PORT_SUFFIX}")


class CompanyForm(Form):
    """What a workspace is called and where it lives. The token makes a form sent twice one signup."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    company = TextField(
        label=_("Company name"),
        max_length=200,
        widget=forms.TextInput(
            attrs=_ASKS
            | {
                "autocomplete": "organization",
                "hx-target": "#address",
                "hx-swap": "outerMorph",
            }
        ),
    )
    slug = AddressField(
        label=_("Address"),
        max_length=80,
        required=False,
        widget=forms.TextInput(
            attrs=_ASKS
            | {
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "hx-target": "#address-state",
                "hx-swap": "outerHTML",
            }
        ),
    )
    suggested = forms.CharField(widget=forms.HiddenInput, required=False)
    zone = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"token": uuid7()} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        if not self.is_bound:
            self.fields["company"].widget.attrs["autofocus"] = True

    def clean_zone(self) -> str:
        zone = self.cleaned_data["zone"]
        return zone if is_zone(zone) else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "company" in given and not given.get("slug") and "slug" not in self.errors:
            # Without JavaScript nobody has suggested one yet.
            given["slug"] = queries.suggestion(given["company"])
        return given

    def asked(self) -> dict[str, str]:
        """What the actions want to know."""
        return {name: self.cleaned_data[name] for name in ("company", "slug", "zone")}


class AgreedForm(Form):
    """A form that makes an account: where the operator has a privacy notice, whoever fills it in agrees to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.TEREM_PRIVACY_NOTICE:
            self.fields["notice"] = forms.BooleanField(
                label=_("I agree to how my data is used"),
                help_text=format_html(
                    '<a href="{}" target="_blank" rel="noopener">{}</a>',
                    settings.TEREM_PRIVACY_NOTICE,
                    _("Read the privacy notice"),
                ),
                error_messages={"required": _("An account needs your agreement.")},
            )


class SignUpForm(AgreedForm, CompanyForm):
    """A company and the account of whoever opens its workspace."""

    email = EmailField(label=_("Work e-mail"))
    password = _password(_("Password"))
    # People do not see this field; programs that fill in everything do.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if domain_of(email) in disposable():
            raise forms.ValidationError(
                _(
                    "Mailboxes of this kind vanish, and your way back in with them. Please use your work e-mail."
                )
            )
        return email

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if "password" in given:
            try:
                identity.check_password(given["password"], email=given.get("email") or "")
            except Invalid as error:
                refuse(self, error)
        return given

    @property
    def by_a_program(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class AddressForm(Form):
    """Another address, because the first one went to somebody else."""

    slug = AddressField(label=_("Address"), max_length=80)


class FindForm(Form):
    """Where the list of one's workspaces is to be sent."""

    email = EmailField(label=_("E-mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autofocus"] = True


class JoinForm(AgreedForm):
    """The account of somebody who was invited; the address is known from the letter."""

    name = TextField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    password = _password(_("Password"))


class NameForm(Form):
    """What colleagues will see; asked of somebody who has an account already."""

    name = TextField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )


def suggested_address(asked: Any) -> dict[str, Any]:
    """What the address field shows while somebody types: a suggestion unless they chose one themselves."""
    company, slug, suggested = (str(asked.get(name, ""))[:200] for name in ("company", "slug", "suggested"))
    if not slug or slug == suggested:
        slug = suggested = queries.suggestion(company) if slugify(company) else ""
    return {"slug": slug, "suggested": suggested}


class ReasonForm(Form):
    """Why an operator wants to look into a workspace; its administrators decide by it."""

    reason = TextField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The administrators read this sentence and decide by it."),
    )


class WordForm(Form):
    """What somebody says about a question. ``key`` is the form's own, so that sending it twice says it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = ReadField(
        tenants.clean_question, label=_("What do you want to add?"), widget=forms.Textarea(attrs={"rows": 4})
    )


class QuestionForm(Form):
    """A question to the operators; ``came_from`` and ``request_number`` are filled by the page's help button."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    subject = TextField(label=_("What is it about?"), max_length=200)
    text = ReadField(
        tenants.clean_question,
        label=_("What did you want to do, and what happened?"),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    shown = forms.BooleanField(
        label=_("Also show which record or search I had open"),
        required=False,
        help_text=_(
            "The operators see the page’s kind, your role, the release and your browser’s language."
            " They see none of your records unless you write about them."
        ),
    )
    came_from = TextField(required=False, max_length=2000, widget=forms.HiddenInput)
    request_number = TextField(required=False, max_length=40, widget=forms.HiddenInput)

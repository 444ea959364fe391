"""Forms of the operators' console."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ui.forms import Form, TextField


class ReasonForm(Form):
    """Why an operator does something to a tenant; the tenant's people can read it."""

    reason = TextField(
        label=_("Reason"), max_length=300, help_text=_("The company's people see this sentence.")
    )

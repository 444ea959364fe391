"""Who may take everything out, or bring it in: the administrator, unless a role says otherwise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.rights import declare

TAKE = declare("exports.take", _("Take everything out of the workspace"), _("Workspace"))

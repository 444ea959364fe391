"""The timeline only reads; here stands the right that its page of the whole history needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.rights import declare

AUDIT = declare("timeline.audit", _("See the history of the whole workspace"), _("Workspace"))

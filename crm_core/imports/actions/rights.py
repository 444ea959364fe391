"""What a role may be allowed to do with imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.rights import declare

RUN = declare("imports.run", _("Import files"), _("Import and export"))

"""What a role may be allowed to do with clients."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.rights import declare

_GROUP = _("Clients")

VIEW = declare("clients.view", _("See companies and people"), _GROUP)
EDIT = declare("clients.edit", _("Add and change companies and people"), _GROUP)
HEADINGS = declare("clients.set_up", _("Set up headings such as industry and region"), _GROUP)

"""What a role may be allowed to do with activities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.rights import declare

_GROUP = _("Notes and tasks")

VIEW = declare("activities.view", _("See tasks, calls and meetings"), _GROUP)
EDIT = declare("activities.edit", _("Plan and log tasks, calls and meetings"), _GROUP)

"""URLs of a workspace that belong to arriving: entering, leaving, invitations."""

from typing import Any

urlpatterns: list[Any] = []

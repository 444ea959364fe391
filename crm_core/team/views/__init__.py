"""Settings pages of the team."""

from crm_core.team.views import members, profile, roles, teams, workspace

__all__ = ["members", "profile", "roles", "teams", "workspace"]

"""Who works in this workspace: members, teams, roles with rights, sessions, preferences, invitations."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from kernel import context
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.rights import EVERYBODY, only_reads
from kernel.when import now

# Marks in a browser's own description, the telling ones first: most claim to be several others too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class Role(TenantModel):
    """A named set of rights. The ``system`` role (administrator) holds every right and cannot be weakened.

    ``visibility`` says whose records a member with this role sees in full.
    """

    class Visibility(models.TextChoices):
        OWN = "own", _("Own records")
        TEAM = "team", _("Records of the team")
        ALL = "all", _("All records")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    rights = models.JSONField(default=list)
    visibility = models.CharField(max_length=4, choices=Visibility.choices, default=Visibility.ALL)
    system = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="team_role_name")]

    def __str__(self) -> str:
        return self.name

    def holds(self, right: str) -> bool:
        """An administrator holds every right, also those that later releases add."""
        return self.system or right in self.rights

    @property
    def takes_seat(self) -> bool:
        """Whether its members may change things; who only reads is free on every plan."""
        return self.system or not only_reads(self.rights)


class Team(TenantModel):
    """A group of members that share the view of records, if their role says "team"."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80, unique=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


# Rights beyond daily work: a partner holds one of them only if it was ticked for this partner.
GUARDED = (
    "access.", "billing.", "exports.", "lists.export", "records.purge", "setup.recover", "team.", "timeline.",
)  # fmt: skip


class MemberQuerySet(TenantQuerySet):
    def active(self) -> MemberQuerySet:
        return self.filter(active=True)

    def partners(self) -> MemberQuerySet:
        """People from outside, who help for a time."""
        return self.exclude(partner_until=None)

    def own(self) -> MemberQuerySet:
        """The company's own people, whose use is looked at; seats are for them alone."""
        return self.filter(partner_until=None)

    def seated(self) -> MemberQuerySet:
        """Active people of the company's own who may change things: each of them takes a seat of the plan."""
        roles = [role.id for role in Role.objects.all() if role.takes_seat]
        return self.active().own().filter(role_id__in=roles)


class Member(TenantModel):
    """A person inside this workspace. ``account_id`` is the account in the control plane (plain id).

    Deactivated members keep their name on what they did; they cannot be assigned.
    ``dismissed`` holds the ids of the platform's announcements that the member has put away.
    ``away_until`` is the last day of an absence; figures of use leave out who is away or works part of the week.
    ``partner_until`` makes it a partner, somebody from outside with an end (UTC) that is looked at with every
    request; ``partner_extra`` are the guarded rights that were ticked for this partner.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account_id = models.BigIntegerField(null=True, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="members")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    theme = models.CharField(max_length=6, blank=True, default="")
    density = models.CharField(max_length=8, blank=True, default="")
    hotkeys = models.BooleanField(default=True)
    dismissed = models.JSONField(default=list, db_default=[])
    news_seen = models.CharField(max_length=20, blank=True, default="", db_default="")
    joined_at = models.DateTimeField(default=now)
    left_at = models.DateTimeField(null=True)
    away_until = models.DateField(null=True, blank=True)
    part_time = models.BooleanField(default=False, db_default=False)
    partner_until = models.DateTimeField(null=True, blank=True)
    partner_extra = models.JSONField(default=list, db_default=[])

    objects = MemberQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"), condition=Q(active=True), name="team_member_email"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def may(self, right: str) -> bool:
        """True if the member's role holds the right; belonging needs none, an administrator holds all.

        A partner holds nothing after the end, and of guarded rights only those that were ticked.
        """
        if not self.active or self.is_over:
            return False
        if right == EVERYBODY:
            return True
        if self.is_partner and right.startswith(GUARDED):
            return right in self.partner_extra
        return self.role.holds(right)

    @property
    def is_partner(self) -> bool:
        return self.partner_until is not None

    @property
    def is_over(self) -> bool:
        """True for a partner whose time is over."""
        return self.partner_until is not None and self.partner_until <= now()

    @property
    def signature(self) -> str:
        """The name under what this member does: a partner is told from the company's own people for ever."""
        if not self.is_partner:
            return self.name
        with translation.override(context.tenant().language):
            return f"{self.name[:150]} ({pgettext('after a name', 'partner')})"

    @property
    def visibility(self) -> str:
        return self.role.visibility


class Session(TenantModel):
    """A member's open session in this workspace, found by the digest of its cookie."""

    LIFE = timedelta(days=14)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    agent = models.CharField(max_length=300, blank=True, default="")
    network = models.CharField(max_length=64, blank=True, default="")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["member", "-seen_at"], name="team_session_mine")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.created_at:%Y-%m-%d}"

    @property
    def device(self) -> str:
        """What the browser calls itself, in words that people know: Firefox, Windows."""
        found = [
            next((name for mark, name in marks if mark in self.agent), "") for marks in (BROWSERS, SYSTEMS)
        ]
        return ", ".join(part for part in found if part)


class InvitationQuerySet(TenantQuerySet):
    def open(self) -> InvitationQuerySet:
        return self.filter(used_at=None, revoked_at=None)


class Invitation(TenantModel):
    """A letter that lets somebody join; ``digest`` is that of its key. Valid for seven days, used once.

    ``partner_until`` and ``partner_extra`` are those of the member that it makes.
    """

    LIFE = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True, default="")
    role = models.ForeignKey(Role, on_delete=models.CASCADE)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    partner_until = models.DateTimeField(null=True, blank=True)
    partner_extra = models.JSONField(default=list, db_default=[])

    objects = InvitationQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and self.expires_at > now()


class Policy(TenantModel):
    """The workspace's rules of safety, which the entrance asks for, and the parts that it shows; one row.

    ``parts`` is a ``kernel.parts.Choice`` as it is kept. It stands here because every page needs it: it is
    read together with the session. So is ``idle_minutes``: after so long without use a session is over, and
    whoever comes back proves anew who it is; 0 leaves it at the life of sessions.
    """

    class Idle(models.IntegerChoices):
        HALF_HOUR = 30, _("After 30 minutes without use")
        TWO_HOURS = 120, _("After 2 hours without use")
        HALF_DAY = 720, _("After 12 hours without use")
        THREE_DAYS = 4320, _("After 3 days without use")
        NEVER = 0, _("After 14 days, used or not")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    require_second_factor = models.BooleanField(default=False)
    idle_minutes = models.PositiveSmallIntegerField(choices=Idle.choices, default=0, db_default=0)
    parts = models.JSONField(default=dict, db_default={})
    changed_at = models.DateTimeField(default=now)

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(id=1), name="team_policy_one_row")]

    def __str__(self) -> str:
        return "policy"

"""Pipelines with their stages, the reasons why deals are won and lost, and the deals themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.money import LIMIT, Money
from kernel.when import now


class Outcome(models.TextChoices):
    """How a deal stands, and what kind of stage it stands in: the two never differ."""

    OPEN = "open", pgettext_lazy("deal", "Open")
    WON = "won", pgettext_lazy("deal", "Won")
    LOST = "lost", pgettext_lazy("deal", "Lost")


class Pipeline(TenantModel):
    """One way of selling, with stages of its own. ``reason_required`` makes closing ask for a reason from the list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    reason_required = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["name"], name="sales_pipeline_name")]

    def __str__(self) -> str:
        return self.name


class StageQuerySet(TenantQuerySet):
    def open(self) -> StageQuerySet:
        return self.filter(kind=Outcome.OPEN)


class Stage(TenantModel):
    """A step of a pipeline. ``probability`` is in per cent; ``usual_days`` is how long deals normally stay (0: no norm).

    ``hue`` is one of the ten hue names or grey. Every pipeline keeps at least one stage of each kind.
    ``step_title``, ``step_kind`` (of an activity) and ``step_days`` (ahead) are the task that is usual here; empty: none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=4, choices=Outcome.choices, default=Outcome.OPEN)
    hue = models.CharField(max_length=8, default="grey")
    probability = models.PositiveSmallIntegerField(default=0)
    usual_days = models.PositiveSmallIntegerField(default=0)
    step_title = models.CharField(max_length=120, blank=True, default="", db_default="")
    step_kind = models.CharField(max_length=8, blank=True, default="", db_default="")
    step_days = models.PositiveSmallIntegerField(default=0, db_default=0)

    objects = StageQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "name"], name="sales_stage_name"),
            models.CheckConstraint(condition=Q(probability__lte=100), name="sales_stage_probability"),
        ]

    def __str__(self) -> str:
        return self.name


class Reason(TenantModel):
    """Why deals are won or lost, as a list of the workspace's own. Inactive ones stay on old deals only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=4, choices=Outcome.choices[1:])
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        ordering = ["kind", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="sales_reason_name")]

    def __str__(self) -> str:
        return self.name


def chance() -> Coalesce:
    """The probability that counts, as an expression: the deal's own, else its stage's. Per cent."""
    return Coalesce("probability", "stage__probability", output_field=models.BigIntegerField())


def weighted() -> models.expressions.CombinedExpression:
    """Amount times probability in minor units, rounded half up.

    Rounded per deal, so that a forecast is exactly the sum of the deals that it opens.
    """
    return (F("amount_minor") * chance() + 50) / 100


class DealQuerySet(TenantQuerySet):
    def live(self) -> DealQuerySet:
        return self.filter(card__state=Card.State.LIVE)

    def open(self) -> DealQuerySet:
        return self.filter(outcome=Outcome.OPEN)

    def won(self) -> DealQuerySet:
        return self.filter(outcome=Outcome.WON)

    def lost(self) -> DealQuerySet:
        return self.filter(outcome=Outcome.LOST)

    def overdue(self, today: date) -> DealQuerySet:
        """Open deals whose expected date has passed."""
        return self.open().filter(expected_on__lt=today)

    def weighed(self) -> DealQuerySet:
        """Adds ``chance`` (per cent) and ``weighted`` (minor units)."""
        return self.annotate(chance=chance(), weighted=weighted())


@dataclass(frozen=True, slots=True)
class Age:
    """Whole days in a stage, against what is usual there (0: no norm)."""

    days: int
    usual: int

    @property
    def shown(self) -> int:
        """The days as far as a bar of the usual length can show them."""
        return min(self.days, self.usual)

    @property
    def tone(self) -> str:
        """Amber from four fifths of the usual time on."""
        return "warning" if self.days > self.usual * 0.8 else "faint"

    @property
    def late(self) -> bool:
        return bool(self.usual) and self.days > self.usual


class Deal(TenantModel):
    """A possible sale. Its name, owner and version are on the card.

    ``amount_minor`` is in minor units of ``currency``; None means that nobody knows yet, which
    is counted apart and never taken for zero. ``probability`` (per cent) overrides the stage's.
    ``opened_on`` is when the deal began, for imported deals long before the row was made.
    ``last_open`` is the stage that reopening returns to. ``position`` orders a lane, smallest first.
    """

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.CASCADE, related_name="deal")
    client = models.ForeignKey(Card, on_delete=models.SET_NULL, null=True, blank=True, related_name="deals")
    contact = models.ForeignKey(
        Card, on_delete=models.SET_NULL, null=True, blank=True, related_name="deals_as_contact"
    )
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="deals")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="deals")
    last_open = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=4, choices=Outcome.choices, default=Outcome.OPEN)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    probability = models.PositiveSmallIntegerField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="deals")
    reason_text = models.TextField(blank=True, default="")
    source = models.CharField(max_length=120, blank=True, default="")
    description = models.TextField(blank=True, default="")
    stage_since = models.DateTimeField(default=now)
    position = models.FloatField(default=0)

    objects = DealQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["stage", "position", "card"], name="sales_deal_lane"),
            models.Index(fields=["pipeline", "outcome", "expected_on"], name="sales_deal_expected"),
            models.Index(fields=["outcome", "closed_on"], name="sales_deal_closed"),
            models.Index(fields=["outcome", "amount_minor", "card"], name="sales_deal_amount"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=0, amount_minor__lt=LIMIT),
                name="sales_deal_amount_range",
            ),
            models.CheckConstraint(
                condition=Q(probability__isnull=True) | Q(probability__lte=100), name="sales_deal_probability"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, closed_on__isnull=True)
                | Q(outcome__in=(Outcome.WON, Outcome.LOST), closed_on__isnull=False),
                name="sales_deal_closed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.card_id)

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    @property
    def money(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)

    @property
    def likely(self) -> int:
        """The probability that counts: the deal's own, else its stage's. Per cent."""
        return self.stage.probability if self.probability is None else self.probability

    @property
    def age(self) -> Age:
        """How long the deal has stood in its stage."""
        return Age(max(0, (now() - self.stage_since).days), self.stage.usual_days)

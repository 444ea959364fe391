"""Clients: companies and people, how to reach them, who works where, and the headings they are classified by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_core.records.models import Card
from kernel.ids import uuid7
from kernel.models import TenantModel, TenantQuerySet
from kernel.money import Money

NAME_LONGEST = 300
TEXT_LONGEST = 20_000


class Heading(TenantModel):
    """What clients of a kind are classified by (industry, region, size, stage, source, the tenant's own).

    A heading with a ``slot`` fills the column of that name on the wide row; the tenant's own
    headings have none and are kept as :class:`Classification` rows.
    """

    class Slot(models.TextChoices):
        STAGE = "stage", pgettext_lazy("of a client", "Stage")
        INDUSTRY = "industry", _("Industry")
        REGION = "region", _("Region")
        SIZE = "size", pgettext_lazy("of a company", "Size")
        SOURCE = "source", pgettext_lazy("of a client", "Came from")

    class For(models.TextChoices):
        COMPANY = "company", _("Companies")
        PERSON = "person", _("People")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=For.choices)
    slot = models.CharField(max_length=8, choices=Slot.choices, blank=True, default="")
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(F("kind"), Upper("name"), name="clients_heading_name"),
            models.UniqueConstraint(
                fields=["kind", "slot"], condition=~Q(slot=""), name="clients_heading_slot"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HeadingValue(TenantModel):
    """One value of a heading. ``hue`` is one of the ten hue names or grey."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    heading = models.ForeignKey(Heading, on_delete=models.CASCADE, related_name="values")
    name = models.CharField(max_length=80)
    hue = models.CharField(max_length=8, default="grey")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(F("heading"), Upper("name"), name="clients_value_name")]

    def __str__(self) -> str:
        return self.name


class Classification(TenantModel):
    """A record's value under one of the tenant's own headings; at most one for each."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="classifications")
    heading = models.ForeignKey(Heading, on_delete=models.CASCADE, related_name="+")
    value = models.ForeignKey(HeadingValue, on_delete=models.PROTECT, related_name="classifications")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["card", "heading"], name="clients_classified_once")]

    def __str__(self) -> str:
        return f"{self.card_id} {self.value_id}"


class ClientQuerySet(TenantQuerySet):
    def live(self) -> ClientQuerySet:
        return self.filter(card__state=Card.State.LIVE)


def _value() -> models.ForeignKey:
    return models.ForeignKey(HeadingValue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


class Company(TenantModel):
    """A company; its card carries name, owner and state.

    ``name`` is the known name, ``legal_name`` the one in papers. ``domain`` is the normal form
    of the website, ``tax_key`` that of the tax number, ``match_key`` the folded name without its
    legal form: what doubles are found by. ``revenue`` is a year's in minor units of ``currency``.
    ``phone`` and ``email`` repeat the preferred contact ways, so that lists read one row.
    """

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.CASCADE, related_name="company")
    name = models.CharField(max_length=NAME_LONGEST)
    legal_name = models.CharField(max_length=NAME_LONGEST, blank=True, default="")
    match_key = models.CharField(max_length=NAME_LONGEST, blank=True, default="")
    stage = _value()
    industry = _value()
    region = _value()
    size = _value()
    source = _value()
    website = models.CharField(max_length=300, blank=True, default="")
    domain = models.CharField(max_length=253, blank=True, default="")
    tax_number = models.CharField(max_length=40, blank=True, default="")
    tax_key = models.CharField(max_length=40, blank=True, default="")
    phone = models.CharField(max_length=300, blank=True, default="")
    email = models.CharField(max_length=300, blank=True, default="")
    street = models.CharField(max_length=300, blank=True, default="")
    city = models.CharField(max_length=120, blank=True, default="")
    province = models.CharField(max_length=120, blank=True, default="")
    postcode = models.CharField(max_length=30, blank=True, default="")
    country = models.CharField(max_length=80, blank=True, default="")
    revenue = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    employees = models.PositiveIntegerField(null=True, blank=True)
    description = models.TextField(blank=True, default="")
    parent = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children"
    )

    objects = ClientQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "companies"
        indexes = [
            models.Index(fields=["domain"], name="clients_company_domain", condition=~Q(domain="")),
            models.Index(fields=["tax_key"], name="clients_company_tax", condition=~Q(tax_key="")),
            models.Index(fields=["match_key"], name="clients_company_match"),
            GinIndex(fields=["match_key"], opclasses=["gin_trgm_ops"], name="clients_company_similar"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money | None:
        return None if self.revenue is None or not self.currency else Money(self.revenue, self.currency)

    @property
    def address(self) -> str:
        """The address in one line."""
        parts = (self.street, self.city, self.province, self.postcode, self.country)
        return ", ".join(part for part in parts if part)


class Person(TenantModel):
    """A person; ``company`` and ``position`` repeat the main employment, ``phone`` and ``email``
    the preferred contact ways, so that lists read one row. ``match_key`` holds the folded words
    of the name in alphabetical order."""

    card = models.OneToOneField(Card, primary_key=True, on_delete=models.CASCADE, related_name="person")
    first_name = models.CharField(max_length=120, blank=True, default="")
    last_name = models.CharField(max_length=120, blank=True, default="")
    middle_name = models.CharField(max_length=120, blank=True, default="")
    match_key = models.CharField(max_length=NAME_LONGEST, blank=True, default="")
    company = models.ForeignKey(
        Company, on_delete=models.SET_NULL, null=True, blank=True, related_name="main_people"
    )
    position = models.CharField(max_length=200, blank=True, default="")
    stage = _value()
    source = _value()
    phone = models.CharField(max_length=300, blank=True, default="")
    email = models.CharField(max_length=300, blank=True, default="")
    birthday = models.DateField(null=True, blank=True)
    description = models.TextField(blank=True, default="")

    objects = ClientQuerySet.as_manager()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "people"
        indexes = [
            models.Index(fields=["match_key"], name="clients_person_match"),
            GinIndex(fields=["match_key"], opclasses=["gin_trgm_ops"], name="clients_person_similar"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.middle_name


class Employment(TenantModel):
    """Who works where and as what. One of a person's employments is the main one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="employments")
    role = models.CharField(max_length=200, blank=True, default="")
    main = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["-main", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "company"], name="clients_employed_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(main=True), name="clients_employed_mainly_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.company_id}"


class ContactWay(TenantModel):
    """One way to reach a client. ``value`` is kept as typed; ``normal`` compares spellings.

    ``normal`` is the international number, the address in small letters, or the folded text;
    ``digits`` are a phone's digits for search by part. ``doubtful`` marks what was kept
    although it cannot be dialled as it stands.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", pgettext_lazy("contact way", "Phone")
        EMAIL = "email", pgettext_lazy("contact way", "E-mail")
        MESSENGER = "messenger", _("Messenger")
        WEBSITE = "website", _("Website")

    class Label(models.TextChoices):
        WORK = "work", pgettext_lazy("contact way", "Work")
        MOBILE = "mobile", pgettext_lazy("contact way", "Mobile")
        HOME = "home", pgettext_lazy("contact way", "Home")
        FAX = "fax", pgettext_lazy("contact way", "Fax")
        TELEGRAM = "telegram", "Telegram"
        WHATSAPP = "whatsapp", "WhatsApp"
        OTHER = "other", pgettext_lazy("contact way", "Other")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="contact_ways")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    label = models.CharField(max_length=8, choices=Label.choices, blank=True, default="")
    value = models.CharField(max_length=300)
    normal = models.CharField(max_length=300, blank=True, default="")
    digits = models.CharField(max_length=60, blank=True, default="")
    preferred = models.BooleanField(default=False)
    doubtful = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["kind", "-preferred", "position"]
        indexes = [
            models.Index(fields=["card", "kind"], name="clients_way_of_card"),
            models.Index(fields=["kind", "normal"], name="clients_way_normal", condition=~Q(normal="")),
        ]

    def __str__(self) -> str:
        return self.value

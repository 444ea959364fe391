"""Questions to the operators and what was said about them, in the control plane: written by a company, never read out of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7
from kernel.when import now


class Question(models.Model):
    """What somebody in a workspace asked. ``number`` counts within the company, ``key`` is its form's: one form, one question.

    Where it came from: ``page`` is the address without anybody's ids, ``address`` the full one, empty unless the
    person ticked that it may be seen. ``release``, ``browser`` (the languages it asks for) and ``request_id``
    (the page's own) are technical. ``member_id`` is a plain id inside the tenant's schema.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("question to the support", "Open")
        WAITING = "waiting", pgettext_lazy("question to the support", "Waiting for you")
        SOLVED = "solved", pgettext_lazy("question to the support", "Solved")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant", on_delete=models.CASCADE, related_name="questions", db_index=False
    )
    number = models.PositiveIntegerField()
    key = models.UUIDField()
    account_id = models.BigIntegerField()
    member_id = models.UUIDField()
    author = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    role = models.CharField(max_length=80)
    language = models.CharField(max_length=8, default="en")
    subject = models.CharField(max_length=200)
    page = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    release = models.CharField(max_length=64, blank=True, default="")
    browser = models.CharField(max_length=100, blank=True, default="")
    request_id = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(default=now)
    last_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="tenants_question_number"),
            models.UniqueConstraint(fields=["tenant", "key"], name="tenants_question_once"),
        ]
        indexes = [
            models.Index(fields=["state", "-last_at", "-id"], name="tenants_question_newest"),
            models.Index(fields=["tenant", "-last_at", "-id"], name="tenants_question_company"),
            models.Index(fields=["account_id", "-asked_at"], name="tenants_question_person"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_solved(self) -> bool:
        return self.state == self.State.SOLVED


class Message(models.Model):
    """One thing said about a question, by a person of the company or by an operator. ``key`` is its form's.

    ``mailed_at`` is when an operator's answer went out by mail; empty while the letter has not left.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="messages", db_index=False)
    key = models.UUIDField()
    by_operator = models.BooleanField(default=False)
    account_id = models.BigIntegerField()
    author = models.CharField(max_length=254)
    text = models.TextField()
    at = models.DateTimeField(default=now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "key"], name="tenants_message_once"),
        ]
        indexes = [models.Index(fields=["account_id", "-at"], name="tenants_message_person")]

    def __str__(self) -> str:
        return self.text[:50]

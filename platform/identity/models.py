"""What we keep beside allauth's tables: who operates the platform, and who has been guessing."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kernel.when import now


class Operator(models.Model):
    """An account that may enter the operators' console; it needs a second factor besides."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator"
    )
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.account.email)

    @property
    def email(self) -> str:
        return str(self.account.email)


class Attempt(models.Model):
    """Failed tries of one kind from one direction; ``key`` is a keyed digest, so the row names nobody."""

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="identity_attempt_age")]

    def __str__(self) -> str:
        return f"{self.failures} until {self.last_at:%Y-%m-%d %H:%M}"


class Consent(models.Model):
    """That the owner of an account agreed to a privacy notice; ``notice`` is its address, which names its version."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    notice = models.CharField(max_length=500)
    given_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "notice"], name="identity_consent_once")]

    def __str__(self) -> str:
        return f"{self.notice} {self.given_at:%Y-%m-%d}"

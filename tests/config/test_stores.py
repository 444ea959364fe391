"""The settings of the backups' store: whole or not at all, with one sentence for each mistake."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import stores

WHOLE = {
    "TEREM_BACKUP_STORE": "s3",
    "TEREM_S3_ENDPOINT": "https://s3.example.com",
    "TEREM_S3_BUCKET": "backups",
    "TEREM_S3_KEY_ID": "key",
    "TEREM_S3_SECRET_KEY": "secret",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_bucket(environment: pytest.MonkeyPatch) -> None:
    found = stores.bucket(production=True, plain=False)
    assert found is not None
    assert (found["endpoint"], found["prefix"], found["path_style"]) == (
        "https://s3.example.com",
        "terem",
        True,
    )


def test_a_folder_needs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WHOLE:
        monkeypatch.delenv(name, raising=False)
    assert stores.bucket(production=True, plain=False) is None


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "TEREM_BACKUP_STORE"])
def test_what_is_set_in_part_is_refused(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "")
    with pytest.raises(ImproperlyConfigured, match=f"not set: {name}"):
        stores.bucket(production=False, plain=False)


def test_a_bucket_that_nobody_chose_is_refused_in_production(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TEREM_BACKUP_STORE", "folder")
    assert stores.bucket(production=False, plain=False) is None
    with pytest.raises(ImproperlyConfigured, match="would have no effect"):
        stores.bucket(production=True, plain=False)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TEREM_BACKUP_STORE", "cloud", "one of folder, s3"),
        ("TEREM_S3_ENDPOINT", "s3.example.com", "must look like https"),
        ("TEREM_S3_ENDPOINT", "https://s3.example.com/backups", "without a path"),
        ("TEREM_S3_ENDPOINT", "http://s3.example.com", "must be https in production"),
        ("TEREM_S3_BUCKET", "My_Bucket", "TEREM_S3_BUCKET must be"),
        ("TEREM_S3_PREFIX", "/terem/", "TEREM_S3_PREFIX must be"),
        ("TEREM_S3_PATH_STYLE", "maybe", "must be yes or no"),
    ],
)
def test_mistakes(environment: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        stores.bucket(production=True, plain=False)


def test_a_tunnel_may_carry_plain_http(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TEREM_S3_ENDPOINT", "http://10.0.0.7:9000")
    assert stores.bucket(production=True, plain=True) is not None

"""Snapshots in a bucket that speaks S3. Keys are ``prefix/company/snapshot.part``, made here and nowhere else."""

from __future__ import annotations

import functools
import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.errors import NotFound, TeremError, Unavailable
from tenants.backups.sending import PART_BYTES, Upload
from tenants.backups.store import DATA, MANIFEST, Half, Refused, id_of

log = logging.getLogger("terem.backups")

ATTEMPTS = 5
_CONNECT_SECONDS, _READ_SECONDS = 10, 60
_MISSING = ("NoSuchKey", "404")
_WRONG_KEY = _("The store of the backups does not accept the access key (%(code)s).")
_ELSEWHERE = _("The store of the backups is in another region (%(code)s).")
_REFUSALS = {
    "NoSuchBucket": _("The store of the backups has no bucket of this name (%(code)s)."),
    "InvalidAccessKeyId": _WRONG_KEY,
    "SignatureDoesNotMatch": _WRONG_KEY,
    "PermanentRedirect": _ELSEWHERE,
    "AuthorizationHeaderMalformed": _ELSEWHERE,
}
SILENT = _("The store of the backups does not answer.")


@dataclass(frozen=True, slots=True)
class Site:
    """A bucket and how to reach it."""

    endpoint: str
    bucket: str
    prefix: str
    region: str
    key_id: str
    secret_key: str = field(repr=False)
    path_style: bool = True


@functools.lru_cache(maxsize=4)
def _client(site: Site, attempts: int, process: int) -> Any:
    """A client of this process: its connections must not be shared with a forked child."""
    from botocore.config import Config
    from botocore.session import Session

    # Nothing of this machine's own profiles and credential files may choose for us.
    own = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    config = Config(
        signature_version="s3v4",
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        # Trailing checksums are unknown to many servers; what is sent is signed with its digest instead.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={
            "addressing_style": "path" if site.path_style else "virtual",
            "payload_signing_enabled": True,
        },
    )
    return Session(own).create_client(
        "s3",
        region_name=site.region,
        endpoint_url=site.endpoint,
        aws_access_key_id=site.key_id,
        aws_secret_access_key=site.secret_key,
        config=config,
    )


class Bucket:
    """Snapshots in a bucket. Temporary errors are tried again by the client, with growing pauses."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.part_bytes = PART_BYTES
        self.attempts = ATTEMPTS

    @property
    def place(self) -> str:
        return f"{self.site.endpoint}/{self.site.bucket}/{self.site.prefix}"

    @property
    def client(self) -> Any:
        return _client(self.site, self.attempts, os.getpid())

    def _folder(self, tenant_id: UUID) -> str:
        return f"{self.site.prefix}/{tenant_id.hex}/"

    def _key(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> str:
        return f"{self._folder(tenant_id)}{snapshot_id.hex}.{part}"

    def ask(self) -> None:
        with self._worded():
            self.client.list_objects_v2(Bucket=self.site.bucket, Prefix=f"{self.site.prefix}/", MaxKeys=1)

    @contextmanager
    def writing(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> Iterator[IO[bytes]]:
        key = self._key(tenant_id, snapshot_id, part)
        upload = Upload(self.client, self.site.bucket, key, self.part_bytes)
        try:
            with self._worded():
                yield cast(IO[bytes], upload)
                upload.finish()
        except BaseException:
            upload.abandon()
            raise

    def open(self, tenant_id: UUID, snapshot_id: UUID, part: str) -> IO[bytes]:
        source = _Download(self, self._key(tenant_id, snapshot_id, part))
        return cast(IO[bytes], io.BufferedReader(source, 1 << 20))

    def remove(self, tenant_id: UUID, snapshot_id: UUID) -> None:
        with self._worded():
            for part in (MANIFEST, DATA):
                key = self._key(tenant_id, snapshot_id, part)
                # Asked for by its whole key: some servers list uploads in no other way.
                self._abort(self._uploads(key))
                self.client.delete_object(Bucket=self.site.bucket, Key=key)

    def remove_all(self, tenant_id: UUID) -> None:
        with self._worded():
            folder = self._folder(tenant_id)
            self._abort(self._uploads(folder))
            for key in [found["Key"] for found in self._objects(folder)]:
                self.client.delete_object(Bucket=self.site.bucket, Key=key)

    def holds(self, tenant_id: UUID) -> bool:
        with self._worded():
            folder = self._folder(tenant_id)
            return any(True for _found in self._objects(folder)) or bool(self._uploads(folder))

    def whole(self, tenant_id: UUID) -> list[UUID]:
        with self._worded():
            found = [self._named(thing["Key"]) for thing in self._objects(self._folder(tenant_id))]
        return sorted(name[1] for name in found if name is not None and name[2] == MANIFEST)

    def halves(self) -> list[Half]:
        parts: dict[tuple[UUID, UUID], set[str]] = {}
        since: dict[tuple[UUID, UUID], Any] = {}
        with self._worded():
            everything = f"{self.site.prefix}/"
            found = [(one["Key"], one["LastModified"]) for one in self._objects(everything)]
            found += [(one["Key"] + ".part", one["Initiated"]) for one in self._uploads(everything)]
        for key, moment in found:
            name = self._named(key)
            if name is not None:
                parts.setdefault(name[:2], set()).add(name[2])
                since[name[:2]] = moment
        return sorted(Half(*pair, since[pair]) for pair, kinds in parts.items() if MANIFEST not in kinds)

    def _named(self, key: str) -> tuple[UUID, UUID, str] | None:
        """Company, snapshot and part of a key; None for what is not ours."""
        folder, _slash, name = key.removeprefix(f"{self.site.prefix}/").partition("/")
        first, _dot, part = name.partition(".")
        tenant, snapshot = id_of(folder), id_of(first)
        return (tenant, snapshot, part) if tenant and snapshot else None

    def _objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.site.bucket, Prefix=prefix):
            yield from page.get("Contents", ())

    def _uploads(self, prefix: str) -> list[dict[str, Any]]:
        """Uploads that were begun and neither finished nor abandoned."""
        from botocore.exceptions import ClientError

        pages = self.client.get_paginator("list_multipart_uploads")
        try:
            found = pages.paginate(Bucket=self.site.bucket, Prefix=prefix)
            return [upload for page in found for upload in page.get("Uploads", ())]
        except ClientError as error:
            if error.response["Error"].get("Code") == "NoSuchUpload":
                return []  # What some servers say of a bucket that never had one.
            raise

    def _abort(self, uploads: list[dict[str, Any]]) -> None:
        from botocore.exceptions import ClientError

        for upload in uploads:
            try:
                self.client.abort_multipart_upload(
                    Bucket=self.site.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                )
            except ClientError as error:
                if error.response["Error"].get("Code") != "NoSuchUpload":
                    raise

    @contextmanager
    def _worded(self) -> Iterator[None]:
        """The library's errors as ours, each with a sentence that says where to look."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise self._refusal(error) from error
        except BotoCoreError as error:
            log.warning("%s does not answer: %s", self.place, error)
            raise Unavailable(SILENT) from error

    def _refusal(self, error: Any) -> TeremError:
        """An answer that is an error. Sentences name no address: companies' administrators read them too."""
        code = str(error.response["Error"].get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code in _MISSING:
            return NotFound()
        log.warning("%s answers %s %s to key %s", self.place, status, code, self.site.key_id)
        if code in _REFUSALS:
            return Refused(_REFUSALS[code], code=code)
        if status == 403:
            return Refused(
                _("The access key may not do this in the store of the backups (%(code)s)."), code=code
            )
        if code == "NoSuchUpload":
            return Unavailable(_("What was being written to the store of the backups was removed meanwhile."))
        if status >= 500 or code in ("SlowDown", "RequestTimeout"):
            return Unavailable(SILENT)
        return Refused(_("The store of the backups refuses (%(code)s)."), code=code)


class _Download(io.RawIOBase):
    """An object read as a stream. A connection that breaks is taken up where it broke, on the same object."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self._at = 0
        self._size = 0
        self._tag = ""
        self._body: Any = None
        self._open()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._drop()
        self._at = min(max(base + offset, 0), self._size)
        return self._at

    def readinto(self, target: Any) -> int:
        wanted = min(len(target), self._size - self._at)
        if not wanted:
            return 0
        data = self._some(wanted)
        target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._drop()
        super().close()

    def _some(self, wanted: int) -> bytes:
        from botocore.exceptions import BotoCoreError

        for attempt in range(self._bucket.attempts):
            try:
                if self._body is None:
                    self._open()
                data: bytes = self._body.read(wanted)
                if data:
                    return data
            except BotoCoreError:
                if attempt == self._bucket.attempts - 1:
                    self._drop()
                    raise Unavailable(SILENT) from None
            self._drop()
        raise Unavailable(SILENT)

    def _open(self) -> None:
        more = {"Range": f"bytes={self._at}-", "IfMatch": self._tag} if self._tag else {}
        with self._bucket._worded():
            found = self._bucket.client.get_object(Bucket=self._bucket.site.bucket, Key=self._key, **more)
        if not self._tag:
            self._tag, self._size = found["ETag"], found["ContentLength"]
        self._body = found["Body"]

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

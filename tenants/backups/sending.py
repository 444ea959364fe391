"""An object of unknown length on its way into a bucket: sent in parts while the next one is filled.

At most ``AT_ONCE`` parts are under way and one is being filled, so a writer holds at most
``(AT_ONCE + 2) * PART_BYTES`` (64 MiB): the last one counts twice while its pieces are joined.
10,000 parts are allowed, so one object may have 156 GiB.
"""

from __future__ import annotations

import io
import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from kernel.errors import Unavailable

log = logging.getLogger("terem.backups")

PART_BYTES = 16 << 20
AT_ONCE = 2
MOST_PARTS = 10_000


class Upload(io.RawIOBase):
    """Write into it, then ``finish`` or ``abandon``. Nothing can be seen in the bucket before ``finish`` returned."""

    def __init__(self, client: Any, bucket: str, key: str, part_bytes: int) -> None:
        self._client = client
        self._where = {"Bucket": bucket, "Key": key}
        self._part_bytes = part_bytes
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._id = ""
        self._parts: dict[int, str] = {}
        self._under_way: set[Future[tuple[int, str]]] = set()
        self._number = 0
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="upload")
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take the bytes; wait if ``AT_ONCE`` parts are under way already. Raises what sending raised."""
        piece = bytes(data)
        self._held.append(piece)
        self._held_bytes += len(piece)
        self.size += len(piece)
        if self._held_bytes >= self._part_bytes:
            self._send()
        return len(piece)

    def finish(self) -> None:
        """Send the rest and make the object seen, all of it at once."""
        try:
            if not self._id:
                self._client.put_object(**self._where, Body=b"".join(self._held))
                return
            if self._held_bytes:
                self._send()
            self._collect(wait(self._under_way).done)
            parts = [{"PartNumber": number, "ETag": self._parts[number]} for number in sorted(self._parts)]
            self._complete(parts)
        finally:
            self._pool.shutdown()

    def abandon(self) -> None:
        """Give back what was sent. A store that does not answer now is cleared later; the error goes on."""
        # The answer to a part that is still under way could come after the abort and leave the part behind.
        self._pool.shutdown(cancel_futures=True)
        self._held.clear()
        if self._id:
            try:
                self._client.abort_multipart_upload(**self._where, UploadId=self._id)
            except Exception as error:
                log.warning("an upload could not be abandoned and is cleared later: %s", type(error).__name__)

    def _send(self) -> None:
        if len(self._under_way) >= AT_ONCE:
            self._collect(wait(self._under_way, return_when=FIRST_COMPLETED).done)
        if not self._id:
            self._id = self._client.create_multipart_upload(**self._where)["UploadId"]
        if self._number == MOST_PARTS:
            raise Unavailable(f"A snapshot is larger than {MOST_PARTS} parts of {self._part_bytes} bytes.")
        self._number += 1
        body = b"".join(self._held)
        self._held.clear()
        self._held_bytes = 0
        self._under_way.add(self._pool.submit(self._part, self._number, body))

    def _part(self, number: int, body: bytes) -> tuple[int, str]:
        answer = self._client.upload_part(**self._where, UploadId=self._id, PartNumber=number, Body=body)
        return number, str(answer["ETag"])

    def _collect(self, done: set[Future[tuple[int, str]]]) -> None:
        self._under_way -= done
        for future in done:
            number, tag = future.result()
            self._parts[number] = tag

    def _complete(self, parts: list[dict[str, Any]]) -> None:
        from botocore.exceptions import ClientError

        try:
            self._client.complete_multipart_upload(
                **self._where, UploadId=self._id, MultipartUpload={"Parts": parts}
            )
        except ClientError as error:
            # The first try may have done it and its answer was lost: then the object is there, whole.
            if error.response["Error"].get("Code") != "NoSuchUpload":
                raise
            if self._client.head_object(**self._where)["ContentLength"] != self.size:
                raise

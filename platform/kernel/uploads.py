"""Bounds of what is taken in: a file beyond the limit, or beyond the disk, is dropped while it comes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import lost
from kernel.errors import Invalid, NotSaved

REFUSED = "terem.upload_refused"
NO_ROOM = "terem.upload_no_room"


class Bounded(FileUploadHandler):
    """Stands before Django's own handlers. A file that grows beyond ``TEREM_UPLOAD_LIMIT`` is let go of.

    The rest of it is read and forgotten in small pieces, so that the form's other fields arrive and the
    page can say what is wrong; ``request.META["terem.upload_refused"]`` tells the view.
    """

    size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > settings.TEREM_UPLOAD_LIMIT:
            if self.request is not None:
                self.request.META[REFUSED] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class Kept(TemporaryFileUploadHandler):
    """Django's own for large files, which forgets the rest of a file when the disk for it is full.

    The form's other fields arrive, and ``request.META["terem.upload_no_room"]`` tells the view.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._let_go(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            self.file.write(raw_data)
        except OSError as error:
            self._let_go(error)

    def file_complete(self, file_size: int) -> Any:
        try:
            return super().file_complete(file_size)
        except OSError as error:
            with suppress(SkipFile):
                self._let_go(error)
            return None

    def _let_go(self, error: OSError) -> None:
        if not lost.is_unwritable(error):
            raise error
        if self.request is not None:
            self.request.META[NO_ROOM] = True
        with suppress(OSError):
            # What waits to be written finds no room either; whoever closes it once more is told nothing.
            self.file.close()
        raise SkipFile from error


def not_stored(field: str = "file") -> Invalid:
    """The sentence at a field whose file found no room on the server."""
    return Invalid(
        _(
            "There is no room on the server for this file just now. Nothing was stored; send it again in a few minutes."
        ),
        field=field,
    )


def demand_arrived(request: HttpRequest, field: str = "file") -> None:
    """Raise ``Invalid`` at ``field`` if the disk was full while the file came."""
    if request.META.get(NO_ROOM):
        raise not_stored(field)


@contextmanager
def stored_at(field: str = "file") -> Iterator[None]:
    """Around the storing of an upload: a full disk is said at the field, and the form keeps what was typed."""
    try:
        yield
    except NotSaved as error:
        raise not_stored(field) from error

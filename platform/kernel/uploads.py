"""A bound on what is taken in: a file beyond the limit is dropped while it comes, not after it came."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

REFUSED = "terem.upload_refused"


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

"""What a lease that is not in order keeps open: reading, taking data out, and paying. The product itself never asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from kernel import context
from kernel.errors import Unpaid
from kernel.when import format_when
from ui import answers

View = Callable[[HttpRequest], HttpResponse]

# Changes that harm nobody's data, and without which there is no way back or out.
OPEN_CHANGES: Final = frozenset(
    [
        "billing:checkout",
        "billing:change",
        "billing:portal",
        "billing:cancellation",
        "billing:details",
        "billing:pause",
        "lists:export",
        # Fewer people, or more of them who only read, fit into a smaller plan: no seat holds anybody captive.
        "team:deactivation",
        "team:member",
        "exports:beginning",
        "exports:fetching",
        "team:profile",
        "team:look",
        "team:session_ending",
        "team:session_endings",
        "support",
        "support_new",
        "support_question",
        "support_solution",
        "support_reopening",
        "enter",
        "arrive",
        "leave",
    ]
)
# What a suspended workspace still shows: the lists, because they are exported from there, and paying.
OPEN_PAGES: Final = OPEN_CHANGES | frozenset(
    [
        "billing:plan",
        "billing:usage",
        "billing:calculating",
        "team:members",
        "billing:arrival",
        "exports:list",
        "exports:arrival",
        "exports:archive",
        "clients:companies",
        "clients:people",
        "sales:deals",
        "team:sessions",
        "home:help",
        "live",
        "ready",
    ]
)
_READING: Final = ("GET", "HEAD")


class LeaseMiddleware:
    """Refuses changes while a workspace is read-only, and most pages while it is suspended."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if getattr(request, "site", "") != "workspace" or getattr(request, "member", None) is None:
            return None
        status = context.tenant().lease.status
        if status not in ("read-only", "suspended"):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        reads = request.method in _READING
        if name in (OPEN_PAGES if reads else OPEN_CHANGES) or (reads and status == "read-only"):
            return None
        return answers.error(request, Unpaid())


def notice(language: str, *, administrator: bool = False) -> Any:
    """The sentence across the top of every page; nothing while all is in order.

    Volumes that are nearly used are said to administrators only.
    """
    lease = context.tenant().lease
    if lease.status in ("reminder", "grace") and lease.valid_until:
        day = format_when(datetime.fromisoformat(lease.valid_until), language=language)
        words = _("A payment is missing. Everything works until %(day)s; an administrator can settle it under Settings, Plan and invoices.")  # fmt: skip
        return words % {"day": day}
    if lease.status in ("reminder", "grace", "read-only", "suspended"):
        return Unpaid.default_message
    near = context.tenant().near if administrator else {}
    if near.get("storage", 0) >= 100:
        return _("The storage of files is full: new files are refused, everything else goes on; see Settings, Plan and invoices.")  # fmt: skip
    if near:
        return _("An included volume is used up. Nothing is cut off; see Settings, Plan and invoices.") if max(near.values()) >= 100 else _("More than 80 per cent of an included volume is used; see Settings, Plan and invoices.")  # fmt: skip
    return ""

"""Headers that every answer carries, static files and refusals too, beside those of Django and of the content policy."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What no page of ours asks for. Passkeys and copying are for this host alone.
PERMISSIONS = {
    "accelerometer": "()", "autoplay": "()", "browsing-topics": "()", "camera": "()",
    "clipboard-read": "()", "clipboard-write": "(self)", "display-capture": "()", "encrypted-media": "()",
    "geolocation": "()", "gyroscope": "()", "hid": "()", "magnetometer": "()", "microphone": "()", "midi": "()",
    "payment": "()", "publickey-credentials-create": "(self)", "publickey-credentials-get": "(self)", "serial": "()",
    "usb": "()", "xr-spatial-tracking": "()",
}  # fmt: skip
HEADERS = {
    "Permissions-Policy": ", ".join(f"{name}={who}" for name, who in PERMISSIONS.items()),
    # Nobody else's page loads our answers, not even as a picture.
    "Cross-Origin-Resource-Policy": "same-origin",
    # For browsers that do not know the content policy's frame-ancestors.
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class HeadersMiddleware:
    """Stands outside of everything that answers by itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

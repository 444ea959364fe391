"""A browser over TLS that fills in forms as they stand on the page, and goes where pages lead by themselves."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode, urljoin

from tests.support.edge import Answer, SecureVisitor
from tests.support.visitor import _Forms


class Walker(SecureVisitor):
    """Somebody with a browser, cookies for each host."""

    def fill(self, url: str, to: str = "", **fields: str) -> Answer:
        """Open a page, fill in its form, send it; the answer, redirects not followed."""
        page = self.walk(url)
        for action, held in _Forms(page.text).forms:
            address = urljoin(page.url, action) if action else page.url
            if to in address if to else fields.keys() <= held.keys():
                return self.ask("POST", address, urlencode(held | fields), referrer=page.url)
        raise AssertionError(
            f"no form with {sorted(fields)} on {page.url} ({page.status}):\n{page.text[:3000]}"
        )

    def over(self, answer: Answer) -> Answer:
        """Follow, also where a page leads on by itself."""
        page = self.follow(answer)
        for _ in range(4):
            way = re.search(r'http-equiv="refresh" content="\d+;\s*url=([^"]+)"', page.text)
            if way is None:
                return page
            page = self.walk(urljoin(page.url, unescape(way.group(1))))
        return page

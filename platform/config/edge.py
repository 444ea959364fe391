"""Settings of companies' own domains: what they point at, who is asked, how long a lost one is served, who may ask."""

from __future__ import annotations

from config import env

TEREM_DNS = env.servers(
    "TEREM_DNS", "DNS resolvers to ask (address or address:port, separated by blanks); empty: the machine's."
)
TEREM_DOMAIN_DAYS = env.number(
    "TEREM_DOMAIN_DAYS",
    "Days for which an own domain without its DNS record is still served.",
    5,
    least=1,
    most=90,
)
TEREM_EDGE_TOKEN = env.text(
    "TEREM_EDGE_TOKEN", "What the edge sends to ask whether a name may have a certificate; empty: closed.", ""
)
TEREM_DRAINING = env.text(
    "TEREM_DRAINING",
    "A file: while it exists, this web process asks the edge for nothing new; empty: none.",
    "",
)
TEREM_NETWORK_REQUESTS_PER_MINUTE = env.number(
    "TEREM_NETWORK_REQUESTS_PER_MINUTE",
    "Requests of one network address that a web process answers in a minute.",
    3000,
    least=2,
)


def edge_of(domain: str) -> str:
    """The name that companies' own domains point at by CNAME."""
    words = "The name that companies' own domains point at (CNAME); empty: edge. before TEREM_DOMAIN."
    return env.text("TEREM_EDGE", words, "").lower() or f"edge.{domain}"

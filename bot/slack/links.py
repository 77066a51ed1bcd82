"""Which address is which source article."""

import urllib.parse

from bot.core.facts.base import FactBase
from bot.core.facts.models import Source
from bot.core.pages.pages import facts_of

MOST_DOMAINS = 5  # Slack's limit
_TRACKING = ("utm_", "fbclid", "gclid", "yclid")


def unfurl_domains(base: FactBase) -> list[str]:
    """The hosts of the articles for the manifest, those of the most facts first."""
    counts: dict[str, int] = {}
    for source in base.sources.values():
        if source.url and (host := urllib.parse.urlsplit(source.url).hostname):
            counts[host] = counts.get(host, 0) + len(facts_of(base, source))
    return sorted(counts, key=lambda host: (-counts[host], host))[:MOST_DOMAINS]


def source_of(url: str, base: FactBase) -> Source | None:
    """The article that an address opens, with or without a passage; None for any other address."""
    wanted = _key(url)
    found = (s for s in base.sources.values() if s.url and _key(s.url) == wanted)
    return next(found, None) if wanted else None


def _key(url: str) -> str:
    """An address without what doesn't change the page: scheme, fragment, trailing slash, tracking parameters."""
    try:
        parts = urllib.parse.urlsplit(url.replace("&amp;", "&"))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    query = [q for q in parts.query.split("&") if q and not q.lower().startswith(_TRACKING)]
    path = urllib.parse.quote(urllib.parse.unquote(parts.path), safe="/").rstrip("/")
    return f"{host}{port}{path}" + (f"?{'&'.join(query)}" if query else "")

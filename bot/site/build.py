"""The static site of published facts: a page per fact, topic, source and actor, a timeline, and the data."""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot import __version__
from bot.core.facts.base import FactBase
from bot.core.facts.models import Actor, Fact
from bot.core.pages.pages import Page, Section, entries_of, open_page
from bot.core.pages.routes import Address
from bot.core.present.byline import byline
from bot.core.present.card import details_of, entry_of, headline, kind_of
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from bot.core.present.export import fact_as_json, facts_as_csv
from bot.core.present.links import Repository, fact_path
from bot.core.present.replies import news_of
from bot.core.present.strings import ENGLISH
from bot.site import feeds

ROWS = 100  # facts on a page
NEWEST = 8


@dataclass(frozen=True)
class Site:
    """What the site is built from; `url` is where it will be, "" if that is not known.

    `changed` has the times of the last changes by entry, as far as they are known.
    """

    base: FactBase
    url: str
    today: datetime.date
    repository: Repository | None = None
    changed: Mapping[str, datetime.datetime] = field(default_factory=dict)

    @property
    def home(self) -> str:
        """What stands before the path of a page, "" if that is not known."""
        return f"{self.url}/" if self.url else ""


def build_site(site: Site, folder: Path) -> int:
    """Write the site into a folder; returns the number of pages.  Other files in the folder stay."""
    environment = Environment(
        loader=PackageLoader("bot.site"),
        autoescape=lambda name: name != "llms.txt",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "site": site, "base": site.base, "version": __version__, "label": label, "headline": headline,
        "byline": byline, "text": ENGLISH, "fact_path": fact_path, "path_of": path_of,
    }  # fmt: skip
    shutil.copytree(Path(__file__).parent / "static", folder, dirs_exist_ok=True)
    pages = list(_pages(site))
    for path, template, context in pages:
        root = "../" * path.count("/")
        text = environment.get_template(template).render(context, root=root, path=path)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for name, text in _data(site).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return len(pages)


def path_of(address: Address) -> str:
    """The path of a page of the fact base."""
    name = {"topic": "topics", "source": "sources"}.get(address.page, address.page)
    number = str(address.number) if address.number > 1 else ""
    return "".join(f"{part}/" for part in (name, address.argument, number) if part)


def _pages(site: Site) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The path, template and context of every page."""
    base = site.base
    sections = (
        Section("Topics", entries_of("topics", base)),
        Section("Sources", entries_of("sources", base)),
        Section("Latest", news_of(base, NEWEST)),
    )
    yield "index.html", "index.html", {"sections": sections, "title": base.site.name}
    yield "search/index.html", "search.html", {"title": "Search"}
    yield "feed.xml", "feed.xml", {"entries": feeds.latest(base, site.today, site.changed)}
    yield "llms.txt", "llms.txt", {}
    starts = [Address("topics"), Address("sources"), Address("actors"), Address("timeline")]
    starts += [Address("topic", topic) for topic in base.topics]
    starts += [Address("source", source) for source in base.sources]
    for start in starts:
        address: Address | None = start
        while address and (page := open_page(address, base, rows=ROWS)):
            yield f"{path_of(page.address)}index.html", "page.html", {"page": page, "title": page.title}
            address = page.next
    for fact in base.facts:
        yield f"{fact_path(fact.id)}index.html", "fact.html", _fact(site, fact)
        for former in fact.former_ids:
            target = {"target": fact_path(fact.id), "title": fact.title}
            yield f"{fact_path(former)}index.html", "redirect.html", target
        if isinstance(fact, Actor):
            page = _actor(base, fact)
            yield f"actors/{fact.id}/index.html", "page.html", {"page": page, "title": page.title}


def _actor(base: FactBase, actor: Actor) -> Page:
    """An actor with the facts that name it."""
    naming = tuple(fact for fact in base.facts if actor.id in fact.actors)[: ROWS - 1]
    sections = (Section("Role", (actor,)), *([Section("Named in", naming)] if naming else []))
    lines = (f"{actor.role}, {actor.when}.",)
    return Page(Address("actors"), actor.title, lines, sections=sections, above=Address("actors"))


def label(fact: Fact) -> str:
    """The kind of a fact, as its card says it."""
    return ENGLISH(kind_of(fact))


def _fact(site: Site, fact: Fact) -> dict[str, Any]:
    base = site.base
    beside = {
        ENGLISH("other_years"): base.series_of(fact),
        ENGLISH("compare"): base.compared(fact),
        "People and organisations": tuple(base.by_id[actor] for actor in fact.actors),
    }
    json_ld = _json(feeds.json_ld(base, fact, site.home)).replace("<", "\\u003c")  # within a script element
    return {
        "fact": fact,
        "title": fact.title,
        "entry": entry_of(fact, base, ENGLISH),
        "topic": base.topics[fact.topic],
        "details": details_of(fact, base, ENGLISH, site.today)[:-1],
        "beside": beside,
        "references": {STYLE_NAMES[style]: cite(fact, base, style, site.today) for style in STYLES},
        "edit": site.repository.line(base.place(fact)) if site.repository else "",
        "json_ld": Markup(json_ld),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _data(site: Site) -> dict[str, str]:
    base = site.base
    index = [
        {"id": fact.id, "kind": label(fact), "line": headline(fact), "statement": fact.statement,
         "asks": " ".join(fact.asks), "byline": byline(fact, base)}
        for fact in base.facts
    ]  # fmt: skip
    return {
        "facts.json": _json([fact_as_json(base, fact) for fact in base.facts]),
        "facts.csv": facts_as_csv(base),
        "search.json": _json(index),
        "datapackage.json": _json(feeds.data_package(base)),
        "events.ics": feeds.calendar(base, site.home, site.today),
        ".nojekyll": "",
    }

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
from bot.core.present.overview import news_of
from bot.core.present.strings import ENGLISH
from bot.site import feeds

ROWS = 100  # facts on a page
NEWEST = 8
STATIC = ("minisearch.js", "minisearch.LICENSE.txt", "search.js", "style.css")


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


def build_site(site: Site, folder: Path) -> int:
    """Write the site into a folder; returns the number of pages.  Other files in the folder stay."""
    environment = Environment(
        loader=PackageLoader("bot.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "site": site, "base": site.base, "version": __version__, "label": label, "headline": headline,
        "text": ENGLISH, "fact_path": fact_path, "path_of": path_of,
    }  # fmt: skip
    count = 0
    for path, template, context in _pages(site):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * path.count("/")
        text = environment.get_template(template).render(context, root=root, path=path)
        target.write_text(text, encoding="utf-8")
        count += 1
    for name in STATIC:
        shutil.copyfile(Path(__file__).parent / "static" / name, folder / name)
    for name, text in _data(site).items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return count


def path_of(address: Address) -> str:
    """The path of a page of the fact base."""
    name = {"topic": "topics", "source": "sources"}.get(address.page, address.page)
    parts = [name, *([address.argument] if address.argument else [])]
    return "/".join([*parts, *([str(address.number)] if address.number > 1 else []), ""])


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
            context = {"target": fact_path(fact.id), "title": fact.title}
            yield f"{fact_path(former)}index.html", "redirect.html", context
        if isinstance(fact, Actor):
            page = _actor(base, fact)
            yield f"actors/{fact.id}/index.html", "page.html", {"page": page, "title": page.title}


def _actor(base: FactBase, actor: Actor) -> Page:
    """An actor with the facts that name it."""
    naming = tuple(fact for fact in base.facts if actor.id in fact.actors)[: ROWS - 1]
    sections = (Section("Role", (actor,)), Section("Named in", naming))
    return Page(
        Address("actors"),
        actor.title,
        (f"{actor.role}, {actor.when}.",),
        sections=tuple(s for s in sections if s.items),
        above=Address("actors"),
    )


def label(fact: Fact) -> str:
    """The kind of a fact, as its card says it."""
    return ENGLISH(kind_of(fact))


def _fact(site: Site, fact: Fact) -> dict[str, Any]:
    base = site.base
    beside = (
        (ENGLISH("other_years"), base.series_of(fact)),
        (ENGLISH("compare"), base.compared(fact)),
        ("People and organisations", tuple(base.by_id[actor] for actor in fact.actors)),
    )
    url = f"{site.url}/{fact_path(fact.id)}" if site.url else ""
    return {
        "fact": fact,
        "title": fact.title,
        "entry": entry_of(fact, base, ENGLISH),
        "topic": base.topics[fact.topic],
        "details": details_of(fact, base, ENGLISH, site.today)[:-1],
        "beside": [(heading, facts) for heading, facts in beside if facts],
        "references": [(STYLE_NAMES[style], cite(fact, base, style, site.today)) for style in STYLES],
        "edit": site.repository.line(base.place(fact)) if site.repository else "",
        "json_ld": Markup(_script(feeds.json_ld(base, fact, url))),
    }


def _script(value: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=False, indent=1).replace("<", "\\u003c")


def _data(site: Site) -> dict[str, str]:
    base = site.base
    facts = [fact_as_json(base, fact) for fact in base.facts]
    index = [
        {
            "id": fact.id,
            "kind": label(fact),
            "line": headline(fact),
            "statement": fact.statement,
            "asks": " ".join(fact.asks),
            "byline": byline(fact, base),
        }
        for fact in base.facts
    ]
    return {
        "facts.json": f"{json.dumps(facts, ensure_ascii=False, indent=1)}\n",
        "facts.csv": facts_as_csv(base),
        "search.json": json.dumps(index, ensure_ascii=False),
        "datapackage.json": f"{json.dumps(feeds.data_package(base), ensure_ascii=False, indent=1)}\n",
        "feed.xml": feeds.atom(base, site.url, site.today, site.changed),
        "events.ics": feeds.calendar(base, site.url, site.today),
        "llms.txt": feeds.llms_text(base),
        ".nojekyll": "",
    }

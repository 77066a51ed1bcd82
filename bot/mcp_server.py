"""The facts for AI assistants over the Model Context Protocol, each with its byline, date and link."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from bot import __version__
from bot.core.facts.base import FactBase
from bot.core.facts.models import Fact
from bot.core.present.card import entry_of, headline, kind_of
from bot.core.present.export import fact_as_json, outcome_as_json
from bot.core.present.strings import ENGLISH
from bot.core.search import SearchEngine

PATH = "/mcp"
INSTRUCTIONS = (
    "Sourced entries about {subject}, from {sources} articles. Give each entry with its byline, date and link: figures and"
    " events are what an article reports, opinions belong to their holder. Only status `answer` answers the question."
    " With status `choices` and fit true several entries match; with fit false none does, and these are only the nearest."
    " With status `none` the articles do not say: say so, and do not fill the gap."
)
FIELDS = "id title statement value byline attribution role quote link note source".split()


def create_mcp_server(engine: Callable[[], SearchEngine]) -> MCPServer:
    """An MCP server over the current facts."""
    base = engine().base
    instructions = INSTRUCTIONS.format(subject=base.site.subject, sources=len(base.sources))
    server = MCPServer(base.site.name, version=__version__, instructions=instructions, log_level="WARNING")

    @server.tool()
    def ask(question: str) -> dict[str, Any]:
        """Answer a question in English, Russian or Belarusian from the entries; a decline is a decline."""
        found = engine()
        outcome = found.ask(question)
        reply = outcome_as_json(found.base, outcome, question)
        shown = outcome.facts[:1] if reply.get("form") == "card" else outcome.facts
        return reply | {"facts": [entry(found.base, fact) for fact in shown]}

    @server.tool()
    def fact(id: str) -> dict[str, Any]:
        """One entry with its statement, byline, date, quote and link, by its id or a former id."""
        base = engine().base
        found = base.get(id.strip().lower())
        return entry(base, found) if found else {"status": "none", "message": f"no entry has the id {id}"}

    @server.tool()
    def search_topics(words: str = "") -> list[dict[str, Any]]:
        """The topics nearest to some words, or all of them, with the entries of each."""
        found = engine()
        topics = (words and found.ask(words).topics) or found.base.topics.values()
        return [
            {"id": topic.id, "title": topic.title, "about": topic.about, "facts": [*map(line, topic.facts)]}
            for topic in topics
        ]

    @server.resource("facts://all", mime_type="application/json")
    def all_facts() -> list[dict[str, Any]]:
        """Every entry, with all its fields."""
        base = engine().base
        return [fact_as_json(base, fact) for fact in base.facts]

    @server.resource("facts://{id}", mime_type="application/json")
    def one_fact(id: str) -> dict[str, Any]:
        """One entry."""
        return fact(id)

    return server


def line(fact: Fact) -> dict[str, str]:
    """A fact in a list."""
    return {"id": fact.id, "kind": ENGLISH(kind_of(fact)), "headline": headline(fact)}


def entry(base: FactBase, fact: Fact) -> dict[str, Any]:
    """A fact as an assistant gets it, with the byline in the text."""
    fields, card = fact_as_json(base, fact), entry_of(fact, base, ENGLISH)
    kept = {name: fields[name] for name in FIELDS if name in fields}
    beside = [f"{heading}: {line}." for heading, line in card.others]
    links = [address for _, address in card.passages]
    first = f"{card.label}: {card.answer}{card.rest}. {card.statement} “{card.quote}”."
    text = " ".join([first, *beside, card.byline, *links])
    return {"kind": card.label, "text": text, "date": str(fact.when), **kept}


def http_app(server: MCPServer) -> Starlette:
    """The server under PATH; it reads public facts and changes nothing, so any host name may be used."""
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it logs the end of every request
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True, transport_security=security
    )

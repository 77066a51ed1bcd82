"""`unionstate mcp` and the served bot's /mcp, with the protocol's own client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

mcp = pytest.importorskip("mcp")

from bot.core.present.byline import byline  # noqa: E402
from bot.mcp_server import PATH  # noqa: E402
from tests.cli.terminal import environment  # noqa: E402
from tests.support.facts import FOLDER, small_finder  # noqa: E402
from tests.support.fake_slack import FakeSlack  # noqa: E402
from tests.support.process import Served  # noqa: E402


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of /mcp on a served bot with `MCP=on`."""
    with FakeSlack() as slack, Served(slack, "--http", MCP="on") as running:
        yield f"http://127.0.0.1:{running.port}{PATH}"
        status, *_ = running.request("POST", "/slack/events", b"", {"content-type": "application/json"})
        assert status == 401, "Slack's requests are still served, and checked"


def target(transport: str, served: str) -> Any:
    if transport == "http":
        return served
    variables = environment(UNIONSTATE_FACTS=str(FOLDER / "facts"))
    return mcp.StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=variables)


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_a_conversation(transport: str, served: str) -> None:
    async def converse() -> None:
        async with mcp.Client(target(transport, served)) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            assert tools == {"ask", "fact", "search_topics"}
            assert [str(r.uri) for r in (await client.list_resources()).resources] == ["facts://all"]

            answer = await call(client, "ask", question="trade share")
            base = small_finder().base
            fact = base.by_id["trade-share-2018"]
            fields = answer["facts"][0]
            assert (answer["status"], answer["form"], fields["id"]) == ("answer", "card", fact.id)
            assert fields["byline"] == byline(fact, base)
            assert fields["quote"] == fact.evidence[0].quote
            assert (fields["date"], fields["link"]) == ("2018", base.link(fact.evidence[0]))
            for part in (fact.statement, fields["byline"], fields["link"]):
                assert part in fields["text"]

            several = await call(client, "ask", question="2015")
            assert (several["status"], several["fit"]) == ("choices", True)
            assert len(several["facts"]) > 1

            declined = await call(client, "ask", question="price of bitcoin")
            assert (declined["status"], declined["facts"]) == ("none", [])
            assert "bitcoin" in declined["unknown"]

            assert (await call(client, "fact", id="airbase-opened"))["kind"] == "Event"
            assert (await call(client, "fact", id="wombats"))["status"] == "none"
            topics = await call(client, "search_topics", words="")
            assert {topic["id"] for topic in topics["result"]} == set(base.topics)

            resource = await client.read_resource("facts://all")
            assert {f["id"] for f in json.loads(resource.contents[0].text)} == set(base.by_id)
            resource = await client.read_resource("facts://trade-share-2018")
            assert json.loads(resource.contents[0].text)["byline"] == fields["byline"]

    asyncio.run(asyncio.wait_for(converse(), 60))


async def call(client: Any, tool: str, **arguments: str) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error
    found: dict[str, Any] = result.structured_content
    return found

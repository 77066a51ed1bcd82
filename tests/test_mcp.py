"""The facts for AI assistants over standard input and output and over HTTP, with the protocol's own client."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest
import uvicorn

mcp = pytest.importorskip("mcp")

from bot.core.present.byline import byline  # noqa: E402
from bot.mcp_server import PATH, create_mcp_server, http_app  # noqa: E402
from bot.server.probes import Probed, create_application  # noqa: E402
from tests.cli.terminal import environment  # noqa: E402
from tests.support.facts import FOLDER, small_finder  # noqa: E402


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of /mcp on an application that is served as the bot's is."""
    server = create_mcp_server(small_finder)
    routes = http_app(server).routes
    application = create_application(cast(Probed, None), routes, around=server.session_manager.run)
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(application, log_config=None))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
    running.should_exit = True
    thread.join()


def target(transport: str, served: str) -> Any:
    if transport == "http":
        return served
    variables = environment(UNIONSTATE_FACTS=str(FOLDER / "facts"))
    return mcp.StdioServerParameters(command=sys.executable, args=["-m", "bot", "mcp"], env=variables)


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_a_conversation(transport: str, served: str) -> None:
    async def converse() -> None:
        async with mcp.Client(target(transport, served)) as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == {
                "ask",
                "fact",
                "search_topics",
            }
            assert [str(r.uri) for r in (await client.list_resources()).resources] == ["facts://all"]

            answer = await call(client, "ask", question="trade share")
            base = small_finder().base
            fact = base.by_id["trade-share-2018"]
            said = answer["facts"][0]
            assert (answer["status"], answer["form"], said["id"]) == ("answer", "card", fact.id)
            assert said["byline"] == byline(fact, base)
            assert said["quote"] == fact.evidence[0].quote
            assert (said["date"], said["link"]) == ("2018", base.link(fact.evidence[0]))
            for part in (fact.statement, said["byline"], said["link"]):
                assert part in said["text"]

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
            assert json.loads(resource.contents[0].text)["byline"] == said["byline"]

    asyncio.run(asyncio.wait_for(converse(), 60))


async def call(client: Any, tool: str, **arguments: str) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error
    found: dict[str, Any] = result.structured_content
    return found

"""`unionstate serve`, `doctor`, `playground`, `manifest`, `site` and `mcp`."""

import argparse
import atexit
import datetime
import json
import os
import sys
import urllib.parse
from contextlib import nullcontext

from bot.cli.common import OK, CommandError, facts_folder, load_facts, load_search, print_json
from bot.server.config import DEFAULT_PORT, Settings, deployed_environment

CREATE_APP = "https://api.slack.com/apps?new_app=1&manifest_json="


def run_serve(arguments: argparse.Namespace) -> int:
    from bot.server.run import serve

    if code := serve(arguments.mode):
        return code
    sys.stdout.flush()
    sys.stderr.flush()
    # All work is done.  Threads that slack_sdk leaves can crash the interpreter while it ends (SIGSEGV, now and then).
    atexit._run_exitfuncs()  # temporary files go
    os._exit(OK)


def run_doctor(arguments: argparse.Namespace) -> int:
    from bot.server import doctor

    return doctor.run(arguments.mode, deployed_environment(arguments.env_file, arguments.unit))


def run_playground(arguments: argparse.Namespace) -> int:
    from bot.cli.inbox import local_inbox
    from bot.playground.server import run
    from bot.server.log import configure_log

    kept = ("PORT", "UNIONSTATE_FACTS", "REPOSITORY_URL", "LOG_LEVEL")  # the others are of a real workspace
    environ = {"LOG_LEVEL": "ERROR", **{name: os.environ[name] for name in kept if name in os.environ}}
    settings = Settings.from_environment(environ)
    configure_log(settings.log_level)
    facts, port, default_port = settings.unionstate_facts, arguments.port, settings.port or DEFAULT_PORT
    with local_inbox() if arguments.watch else nullcontext() as inbox:
        return run(facts, port=port, default_port=default_port, browser=not arguments.no_browser, inbox=inbox)


def run_manifest(arguments: argparse.Namespace) -> int:
    from bot.slack.manifest import manifest

    base = load_facts() if facts_folder() else None
    try:
        made = manifest(arguments.url, base=base, installable=arguments.installable)
    except ValueError as error:
        raise CommandError(f"--url: {error}") from None
    if arguments.link:
        compact = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
        print(f"{CREATE_APP}{urllib.parse.quote(compact)}")
    else:
        print_json(made, indent=2)
    return OK


def run_site(arguments: argparse.Namespace) -> int:
    from bot.core.facts.loader import fact_folders
    from bot.core.present.links import Repository
    from bot.site.build import Site, build_site
    from bot.site.feeds import change_times

    names = ("SITE_URL", "REPOSITORY_URL")
    settings = Settings.from_environment({name: os.environ.get(name, "") for name in names})
    repository = Repository(settings.repository_url) if settings.repository_url else None
    base = load_facts()
    changed = change_times(base, fact_folders(facts_folder())[0])
    site = Site(base, settings.site_url or "", datetime.date.today(), repository, changed)
    print(f"{build_site(site, arguments.folder)} pages in {arguments.folder}")
    return OK


def run_mcp(arguments: argparse.Namespace) -> int:
    try:
        from bot.mcp_server import PATH, create_mcp_server, http_app
    except ImportError:
        raise CommandError("the package mcp is missing: pip install 'unionstate-bot[mcp]'") from None
    engine = load_search()
    server = create_mcp_server(lambda: engine)
    if not arguments.http:
        server.run("stdio")
        return OK
    import uvicorn

    print(f"http://127.0.0.1:{arguments.port}{PATH}", flush=True)
    uvicorn.run(http_app(server), host="127.0.0.1", port=arguments.port, log_config=None)
    return OK

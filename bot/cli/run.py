"""`unionstate serve`, `doctor`, `playground` and `manifest`."""

from __future__ import annotations

import argparse
import os

from bot.cli.facts import OK, CommandError, facts_folder, load_facts
from bot.cli.render import print_json
from bot.server.config import Settings, SettingsError


def run_serve(arguments: argparse.Namespace) -> int:
    from bot.server.run import serve

    return serve(arguments.mode)


def run_doctor(arguments: argparse.Namespace) -> int:
    from bot.server import doctor
    from bot.server.environment import deployed_environment

    try:
        return doctor.run(arguments.mode, deployed_environment(arguments.env_file, arguments.unit))
    except SettingsError as error:
        raise CommandError(str(error)) from None


def run_playground(arguments: argparse.Namespace) -> int:
    from bot.playground.server import run
    from bot.server.log import configure_log

    kept = ("PORT", "UNIONSTATE_FACTS", "REPOSITORY_URL", "LOG_LEVEL")  # the others are of a real workspace
    environ = {"LOG_LEVEL": "ERROR", **{name: os.environ[name] for name in kept if name in os.environ}}
    try:
        settings = Settings.from_environment(environ)
        configure_log(settings.log_level)
        return run(
            settings.unionstate_facts,
            port=arguments.port,
            default_port=settings.port or 3000,
            browser=arguments.browser,
            watch=arguments.watch,
        )
    except SettingsError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"the playground cannot start: {error.strerror or error}") from None


def run_manifest(arguments: argparse.Namespace) -> int:
    from bot.slack.links import unfurl_domains
    from bot.slack.manifest import manifest

    if arguments.url and not arguments.url.startswith("https://"):
        raise CommandError(f"--url needs an address that begins with https://, not {arguments.url}")
    domains = unfurl_domains(load_facts()) if facts_folder() else None
    try:
        print_json(manifest(arguments.url, domains=domains, installable=arguments.installable), indent=2)
    except ValueError as error:
        raise CommandError(f"--url: {error}") from None
    return OK

"""`unionstate serve`, `doctor`, `playground` and `manifest`."""

from __future__ import annotations

import argparse
import os

from bot.cli.facts import OK, CommandError, facts_folder, load_facts
from bot.cli.render import print_json
from bot.settings import Settings, SettingsError


def run_serve(arguments: argparse.Namespace) -> int:
    try:
        settings = Settings.from_environment(os.environ)
        # gunicorn reads it too, as it is imported, and fails if it is empty
        os.environ.pop("WEB_CONCURRENCY", None)
        from bot.serve import serve

        return serve(settings, arguments.mode)
    except SettingsError as error:
        raise CommandError(str(error)) from None


def run_doctor(arguments: argparse.Namespace) -> int:
    from bot import doctor

    return doctor.run(arguments.mode)


def run_playground(arguments: argparse.Namespace) -> int:
    from bot.logs import set_up_log
    from bot.playground.server import run

    kept = ("PORT", "UNIONSTATE_FACTS", "REPOSITORY_URL", "LOG_LEVEL")  # the others are of a real workspace
    environ = {"LOG_LEVEL": "ERROR", **{name: os.environ[name] for name in kept if name in os.environ}}
    try:
        settings = Settings.from_environment(environ)
        set_up_log(settings.log_level)
        return run(
            settings.facts,
            port=arguments.port,
            default_port=settings.port,
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

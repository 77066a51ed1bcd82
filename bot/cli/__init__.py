"""The command `unionstate`."""

from bot.cli.app import main

__all__ = ["main"]

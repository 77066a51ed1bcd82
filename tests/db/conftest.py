from __future__ import annotations

from tests.server.conftest import bot, clean_surroundings, finder, postgres, slack, url

__all__ = ["bot", "clean_surroundings", "finder", "postgres", "slack", "url"]

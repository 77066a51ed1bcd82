from __future__ import annotations

from tests.server.conftest import clean_surroundings, finder, postgres, url
from tests.server.conftest import distribution as slack

__all__ = ["clean_surroundings", "finder", "postgres", "slack", "url"]

"""The example questions of the project's own facts, for modules that do not read them from their base yet."""

from bot.core.facts.loader import data_folder
from bot.core.facts.models import Site
from bot.core.facts.reader import read_yaml

EXAMPLES = Site.model_validate(read_yaml(data_folder() / "facts" / "site.yaml", "site").data).examples

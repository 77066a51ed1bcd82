"""The example questions of the project's own facts, for modules that do not read them from their base yet."""

from bot.core.load import data_folder
from bot.core.site import load_site

EXAMPLES = load_site(data_folder() / "facts").examples

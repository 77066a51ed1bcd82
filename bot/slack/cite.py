"""*Cite*: the references of a fact in a small modal, ready to be copied.

Belongs here: drawing it.  Does not belong here: the references themselves (`bot.core.present.citations`).
"""

from __future__ import annotations

import datetime

from bot.core.model import Fact, FactBase
from bot.core.present.citations import STYLE_NAMES, STYLES, cite
from bot.slack import wording
from bot.slack.markup import shorten
from bot.slack.modals import modal
from bot.slack.parts import Block, bold, plain, rich_text, section

CITE_MODAL = "cite_modal"
REFERENCE_LENGTH = 2900  # Slack takes 3,000 characters in a part of rich text; no reference comes near


def build_cite_modal(fact: Fact, base: FactBase, accessed: datetime.date) -> Block:
    """The modal: each style's name, and below it the reference as text that is copied as it stands."""
    blocks = [rich_text([section(plain(wording.cite_intro(fact.title)))])]
    for style in STYLES:
        reference = shorten(cite(fact, base, style, accessed), REFERENCE_LENGTH)
        blocks.append(
            rich_text(
                [
                    section(bold(STYLE_NAMES[style])),
                    {"type": "rich_text_preformatted", "elements": [plain(reference)]},
                ]
            )
        )
    return modal(CITE_MODAL, wording.CITE_TITLE, blocks)

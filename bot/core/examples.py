"""Five questions that show what can be asked, one of each kind and one in Russian.

Used by every help text; a test asks each of them and wants an answer.
"""

EXAMPLES = (
    "trade share",
    "who financed the nuclear plant?",
    "when were the 28 union programmes approved?",
    "would an airbase change the balance of forces?",
    "доля Китая в торговле Беларуси",
)

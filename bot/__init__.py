"""UnionState: curated, dated, attributed facts about the Union State of Russia and Belarus, for Slack."""

import os
from pathlib import Path

__version__ = "0.2.0"

try:  # slack_sdk asks for the home directory as it is imported
    Path.home()
except RuntimeError:  # of a user without HOME and without an entry in the password database
    os.environ["HOME"] = os.devnull

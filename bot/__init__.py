"""UnionState: curated, dated, attributed facts about the Union State of Russia and Belarus, for Slack."""

__version__ = "0.2.0"

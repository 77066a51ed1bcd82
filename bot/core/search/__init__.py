"""Finds the fact that answers a question: normalise, analyse, parse, retrieve, score, decide, explain."""

from bot.core.search.engine import SearchEngine
from bot.core.search.results import Answer, Choices, Hit, NoAnswer, Outcome, Rejection, WordMatch

__all__ = ["Answer", "Choices", "Hit", "NoAnswer", "Outcome", "Rejection", "SearchEngine", "WordMatch"]

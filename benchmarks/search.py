"""Compares the search with common matchers: `make bench`.

Every matcher gets the same corpus and the same questions in one process, in turn, so that their
ratios hold when the machine's speed drifts.  The corpora of 10,000 and 100,000 facts are made from
the real base: each takes the kinds, dates and phrases of a real fact and exchanges words with others,
so that words are as common as in the real one.  Run as `python -m benchmarks.search [--sizes real,10000]`.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from rapidfuzz import fuzz, process

from bot.core.facts.base import FactBase, Topic
from bot.core.facts.loader import load_fact_base
from bot.core.facts.models import Fact
from bot.core.search import SearchEngine
from bot.core.text import tokens

SEED = 20_250_825
QUERIES = 200
SLOW_QUERIES = 20  # for matchers that need a tenth of a second and more
SIZES = ("real", "10000", "100000")


def questions(base: FactBase, rng: random.Random) -> list[str]:
    """Asks and titles as people type them: whole, with a word left out, with a typing error, out of order; a tenth unknown."""
    result = []
    for fact in rng.choices(base.facts, k=QUERIES):
        words = rng.choice((fact.title, *fact.asks)).split()
        turn = rng.random()
        if turn < 0.25 and len(words) > 2:
            words.pop(rng.randrange(len(words)))
        elif turn < 0.5:
            i = rng.randrange(len(words))
            word = words[i]
            if len(word) > 4:
                at = rng.randrange(1, len(word) - 1)
                words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif turn < 0.65:
            rng.shuffle(words)
        elif turn < 0.75:
            words[rng.randrange(len(words))] = rng.choice(("kazakhstan", "salary", "football", "инфляция"))
        result.append(" ".join(words))
    return result


def enlarged(base: FactBase, size: int, rng: random.Random) -> FactBase:
    """A base of `size` facts whose words are as common as in `base`."""
    pools = {
        "title": [w for f in base.facts for w in f.title.split()],
        "statement": [w for f in base.facts for w in f.statement.split()],
        "asks": [w for f in base.facts for a in f.asks for w in a.split()],
    }

    def mixed(text: str, pool: list[str]) -> str:
        return " ".join(rng.choice(pool) if rng.random() < 0.5 else word for word in text.split())

    facts: list[Fact] = list(base.facts)
    while len(facts) < size:
        real = rng.choice(base.facts)
        fact = real.model_copy(
            update={
                "id": f"made-{len(facts)}",
                "title": mixed(real.title, pools["title"]),
                "statement": mixed(real.statement, pools["statement"]),
                "asks": tuple(mixed(a, pools["asks"]) for a in real.asks),
                "series": None,
                "see_also": (),
            }
        )
        facts.append(fact)
    topics = {name: Topic(name, t.title, t.about, ()) for name, t in base.topics.items()}
    return FactBase(tuple(facts), topics, base.sources, base.vocabulary, {}, f"made-{size}")


def timed(run: Callable[[str], object], queries: list[str]) -> list[float]:
    """Seconds for each query, after one that is not counted."""
    run(queries[-1])
    times = []
    for query in queries:
        start = time.perf_counter()
        run(query)
        times.append(time.perf_counter() - start)
    return times


def row(name: str, times: list[float], build: float, ours: float | None) -> str:
    median = statistics.median(times) * 1000
    high = statistics.quantiles(times, n=100)[98] * 1000
    ratio = f"{median / ours:8.2f}" if ours else "    1.00"
    return f"  {name:<34} {median:9.3f} {high:9.3f} {build * 1000:11.0f} {ratio}"


def bench(size: str) -> None:
    rng = random.Random(SEED)
    real = load_fact_base()
    queries = questions(real, rng)
    base = real if size == "real" else enlarged(real, int(size), rng)
    documents = [" ".join((f.title, *f.asks, f.statement)) for f in base.facts]
    lines = [f"{f.title}. {f.statement}" for f in base.facts]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    start = time.perf_counter()
    finder = SearchEngine(base)
    build = time.perf_counter() - start
    finder.ask("trade share")
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    ours = timed(finder.ask, queries)
    again = timed(finder.ask, queries)
    mine = statistics.median(ours) * 1000

    print(
        f"{len(base.facts):,} facts, {len(queries)} questions; index {memory:.0f} MiB over the facts themselves"
    )
    print(f"  {'':<34} {'median ms':>9} {'p99 ms':>9} {'build ms':>11} {'x ours':>8}")
    print(row("ours (decision included)", ours, build, None))
    print(row("ours, questions seen before", again, build, mine))

    few = queries[:SLOW_QUERIES] if len(lines) > 1000 else queries
    for name, scorer in (
        ("rapidfuzz WRatio", fuzz.WRatio),
        ("rapidfuzz token_set_ratio", fuzz.token_set_ratio),
    ):
        for kind, corpus in (("one-line facts", lines), ("with asks", documents)):
            times = timed(lambda q, s=scorer, c=corpus: process.extract(q, c, scorer=s, limit=5), few)  # type: ignore[misc]
            print(row(f"{name}, {kind}", times, 0.0, mine))

    import bm25s

    start = time.perf_counter()
    retriever = bm25s.BM25()
    retriever.index([[t.term for t in tokens(d)] for d in documents], show_progress=False)
    build = time.perf_counter() - start
    count = min(5, len(documents))
    times = timed(
        lambda q: retriever.retrieve([[t.term for t in tokens(q)]], k=count, show_progress=False), queries
    )
    print(row("bm25s, stemmed, with asks", times, build, mine))
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", default=",".join(SIZES), help=f"default: {','.join(SIZES)}")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        bench(arguments.one)
        return
    for size in arguments.sizes.split(","):  # in separate processes, to measure memory
        subprocess.run([sys.executable, "-m", "benchmarks.search", "--one", size], check=True)


if __name__ == "__main__":
    main()

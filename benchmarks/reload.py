"""Questions while the facts change under them: `python -m benchmarks.reload [SECONDS]`.

A real bot (two processes) answers 20 questions a second from the project's facts and three files more,
whose every figure carries a number.  Meanwhile that number is raised in all three files, 30 times in 60
seconds; every third time one of the files is broken.  An answer draws on two of the files and names a source
that the third describes: where it shows two numbers it is a mixture of two versions, and where it shows a
number that was only ever in a bad edit, a bad edit went live.  Prints what came of it; exit code 1 for anything
but what was promised.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.facts.loader import data_folder, load_fact_base
from tests.support.fake_slack import FakeSlack
from tests.support.process import Served
from tests.support.requests import FORM, command_body

RATE = 20  # questions a second
SECONDS_A_RELOAD = 2.0
LIVE_SECONDS = 2.0
REPLY_SECONDS = 5.0
WORKERS = 2
FIRST = 1000  # the number that the facts carry at the start

TOPIC = """\
topic:
  title: {name} of stamps
  about: What the register of stamps counts, for a test under load.
"""
FACT = """
{id}:
  kind: figure
  title: {title}
  statement: The register counted {number} stamps for {title} in {year}.
  value: {number} stamps
  as_of: {year}
  series: {series}
  see_also: [{other}]
  asks: [{ask}]
  note: It was stamp {number}.
  evidence:
    - source: register-2026
      quote: counted {number} stamps
"""
SOURCE = """\
title: The register of stamps, number {number}
publisher: Registry of stamps
publisher_url: https://register.example
url: https://register.example/stamps
published: 2026-01-01
language: en
standpoint: A register for a test under load
short: Register {number}
"""
ASKED = ("penguin stamps", "walrus stamps")
_STAMPED = re.compile(r"(\d+) stamps|stamp (\d+)|number (\d+)|Register (\d+)")


def stamped_files(folder: Path, number: int) -> dict[Path, str]:
    """The three files, all of one number: two topics that refer to each other, and their source."""
    files = {folder / "seeds/register-2026.yaml": SOURCE.format(number=number)}
    for name, other in (("penguin", "walrus"), ("walrus", "penguin")):
        files[folder / f"facts/{name}.yaml"] = TOPIC.format(name=name.capitalize()) + "".join(
            FACT.format(
                id=f"{name}-{year}",
                title=f"{name.capitalize()} stamps",
                number=number,
                year=year,
                series=f"{name}-stamps",
                other=f"{other}-{year}",
                ask=f"{name} stamps {year}",
            )
            for year in (2018, 2019)
        )
    return files


def save(path: Path, text: str, by_rename: bool) -> None:
    if by_rename:
        beside = path.with_name(f".{path.name}.tmp")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    else:
        path.write_text(text, encoding="utf-8")


@dataclass
class Asked:
    """A question, when it was sent, and what came of it."""

    question: str
    path: str
    sent: float
    status: int = 0
    acknowledged: float = 0.0  # seconds


@dataclass
class Load:
    """What was done and what was seen."""

    seconds: float
    good: dict[int, float] = field(default_factory=dict)  # number -> when its files were saved
    bad: dict[int, float] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    late: int = 0
    seen: Counter[int] = field(default_factory=Counter)
    first_seen: dict[int, float] = field(default_factory=dict)
    replied: list[float] = field(default_factory=list)
    log: str = ""

    def report(self) -> str:
        acks = sorted(each.acknowledged * 1000 for each in self.asked)
        live = [
            self.first_seen[n] - saved for n, saved in self.good.items() if n in self.first_seen and n > FIRST
        ]
        lines = [
            f"{len(self.asked)} questions in {self.seconds:.0f} s, {len(self.good) - 1 + len(self.bad)} reloads,"
            f" {len(self.bad)} of them bad, {WORKERS} workers",
            f"answers stamped {sum(self.seen.values())}, from {len(self.seen)} versions",
            f"acknowledged after ms: median {statistics.median(acks):.1f}, 99th {acks[int(len(acks) * 0.99)]:.1f}, most {acks[-1]:.1f}",
            f"a good edit was answered from after s: median {statistics.median(live):.2f}, most {max(live):.2f}"
            if live
            else "",
            f"answered from older facts than those saved {LIVE_SECONDS:.0f} s before: {self.late}",
            f"errors {len(self.failures)}, mixed answers {len(self.mixed)}",
        ]
        return "\n".join(line for line in lines if line)


def run(seconds: float, folder: Path, atomic: bool = False) -> Load:
    """The load, for so many seconds, on a copy of the project's facts in `folder`.

    With `atomic` each edit is a folder of its own, to which a link is turned: a slow machine may otherwise take so long
    between two files that the first goes live alone.
    """
    for name in ("facts", "seeds"):
        shutil.copytree(data_folder() / name, folder / str(FIRST) / name)
    for path, text in stamped_files(folder / str(FIRST), FIRST).items():
        path.write_text(text, encoding="utf-8")
    (folder / "live").symlink_to(str(FIRST))
    load = Load(seconds)
    load.good[FIRST] = 0.0  # long ago
    with FakeSlack() as slack:
        environment = {
            "UNIONSTATE_FACTS": str(folder / "live/facts"),
            "DATABASE_URL": f"sqlite:///{folder}/inbox.sqlite3",
            "WEB_CONCURRENCY": str(WORKERS),
        }
        with Served(slack, "--http", **environment) as served:
            over = threading.Event()
            editor = threading.Thread(target=_edit, args=(folder, load, over, atomic), name="editor")
            editor.start()
            _ask(served, slack, load)
            over.set()
            editor.join()
            deadline = time.monotonic() + REPLY_SECONDS
            while len(slack.said()) < len(load.asked) and time.monotonic() < deadline:
                time.sleep(0.05)
            served.stop()
            load.log = served.log
        _judge(slack, load)
    return load


def _edit(folder: Path, load: Load, over: threading.Event, atomic: bool) -> None:
    started = time.monotonic()
    for number in itertools.count(FIRST + 1):
        due = started + (number - FIRST - 0.5) * SECONDS_A_RELOAD
        if over.wait(max(0.0, due - time.monotonic())):
            return
        is_bad = number % 3 == 0
        target = folder / (str(number) if atomic else "live")
        if atomic:
            shutil.copytree(folder / "live", target)
        for place, (path, text) in enumerate(stamped_files(target, number).items()):
            if is_bad and place == 1 + number % 2:
                text = text.replace("value:", "valeu:", 1)
            save(path, text, by_rename=number % 2 == 0)
        if atomic:
            (folder / "next").symlink_to(target)
            os.replace(folder / "next", folder / "live")
        (load.bad if is_bad else load.good)[number] = time.monotonic()


def _ask(served: Served, slack: FakeSlack, load: Load) -> None:
    questions = itertools.cycle(
        [q for pair in zip(ASKED * 2, load_fact_base().site.examples[:4], strict=False) for q in pair]
    )

    def ask(asked: Asked, url: str) -> None:
        began = time.monotonic()
        try:
            asked.status = served.post(command_body(asked.question, url), FORM)
        except OSError as error:
            load.failures.append(f"{asked.question}: {error}")
        asked.acknowledged = time.monotonic() - began

    started = time.monotonic()
    with ThreadPoolExecutor(RATE) as pool:
        for number in range(int(load.seconds * RATE)):
            if (wait := started + number / RATE - time.monotonic()) > 0:
                time.sleep(wait)
            url = slack.new_response_url(message_ts=str(number))
            asked = Asked(next(questions), url.removeprefix(slack.url), time.monotonic())
            load.asked.append(asked)
            pool.submit(ask, asked, url)


def _judge(slack: FakeSlack, load: Load) -> None:
    replies: dict[str, list[str]] = {}
    for call in slack.said():
        replies.setdefault(call.path, []).append(f"{call.text} {call.blocks}")
    for asked in load.asked:
        texts = replies.get(asked.path, [])
        if asked.status != 200 or len(texts) != 1:
            load.failures.append(f"{asked.question}: status {asked.status}, {len(texts)} replies")
            continue
        (text,) = texts
        if "broke" in text or text.startswith("Nothing on"):
            load.failures.append(f"{asked.question}: {text[:100]}")
        if asked.question not in ASKED:
            continue
        numbers = {int(next(n for n in found if n)) for found in _STAMPED.findall(text)}
        if len(numbers) != 1 or len(_STAMPED.findall(text)) < 6:
            load.mixed.append(f"{asked.question}: mixed answer of {sorted(numbers)}: {text[:200]}")
            continue
        (number,) = numbers
        load.seen[number] += 1
        if number in load.bad:
            load.failures.append(f"{asked.question}: answered from the bad edit {number}")
            continue
        answered = asked.sent + asked.acknowledged
        load.first_seen.setdefault(number, answered)
        # What was saved two seconds before, and not followed by a bad edit, is what must be answered from.
        due = [n for n, saved in load.good.items() if saved < asked.sent - LIVE_SECONDS]
        edits = sorted({**load.good, **load.bad}.items(), key=lambda item: item[1])
        overtaken = any(
            saved_next - load.good[max(due)] < LIVE_SECONDS for n, saved_next in edits if n == max(due) + 1
        )
        if number < max(due) and not overtaken:
            load.late += 1
    if slack.problems:
        load.failures += slack.problems
    if "Traceback" in load.log:
        load.failures.append("a traceback in the log")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seconds", nargs="?", type=float, default=60, help="default: 60")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="unionstate-load-") as folder:
        load = run(seconds, Path(folder))
    print(load.report())
    for failure in (load.failures + load.mixed)[:20]:
        print(f"  {failure}")
    return 1 if load.failures or load.mixed else 0


if __name__ == "__main__":
    sys.exit(main())

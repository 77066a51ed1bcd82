"""The project as it is installed, and the lines between its parts."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "bot").rglob("*.py"))


def python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """What a fresh interpreter prints; `path` comes first on its module path."""
    ours = {k: v for k, v in os.environ.items() if k not in ("UNIONSTATE_FACTS", "PYTHONPATH")}
    if path:
        ours["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=cwd,
        env=ours,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_answers_away_from_the_checkout(site: Path, elsewhere: Path) -> None:
    """A copy of the package in `site` finds its own code and its own data."""
    told = python(
        "-c",
        "import bot; from bot.core.facts.loader import data_folder, load_fact_base as load\n"
        "base = load(); print(bot.__file__, data_folder(), len(base.facts), len(base.sources), sep='\\n')",
        cwd=elsewhere,
        path=site,
    ).splitlines()
    assert Path(told[0]) == site / "bot" / "__init__.py"
    assert Path(told[1]) == site / "bot" / "_data"
    assert int(told[2]) >= 90
    assert int(told[3]) == 5
    fact = python(
        "-c",
        "from bot.core.facts.loader import load_fact_base as l; print(next(f.id for f in l().facts if f.kind == 'figure'))",
        cwd=elsewhere,
        path=site,
    )
    answer = python("-m", "bot", "ask", fact.strip(), cwd=elsewhere, path=site)
    assert "https://" in answer
    assert (site / "bot" / "playground" / "static" / "app.js").exists()


def test_a_copy_laid_out_as_the_wheel_is_answers_away_from_the_checkout(tmp_path: Path) -> None:
    """Needs no build tool: what goes where is read from pyproject.toml."""
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    site = tmp_path / "site"
    for package in wheel["packages"]:
        shutil.copytree(ROOT / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in wheel["force-include"].items():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy2
        copy(ROOT / source, site / target)
    assert_answers_away_from_the_checkout(site, tmp_path)


@pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None,
    reason="hatchling, which builds the wheel, is not installed",
)
def test_the_wheel_installs_and_answers_away_from_the_checkout(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", tmp_path, ROOT], check=True, timeout=120
    )  # fmt: skip
    (wheel,) = tmp_path.glob("unionstate_bot-*.whl")
    site = tmp_path / "site"
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", site, wheel], check=True, timeout=120
    )
    assert_answers_away_from_the_checkout(site, tmp_path)
    assert (site / "bin" / "unionstate").exists()
    names = {p.relative_to(site).parts[0] for p in site.iterdir()}
    assert names <= {"bot", "bin"} | {
        n for n in names if n.endswith(".dist-info")
    }  # no tests, no facts/ at the top


def test_the_console_command_is_the_command_line() -> None:
    assert PROJECT["project"]["scripts"] == {"unionstate": "bot.cli:main"}


def test_the_core_knows_no_slack_no_web_and_no_terminal(tmp_path: Path) -> None:
    core = sorted(
        ".".join(p.relative_to(ROOT).with_suffix("").parts)
        for p in (ROOT / "bot" / "core").rglob("*.py")
        if p.stem != "__init__"
    )
    loaded = python(
        "-c",
        f"import importlib, sys\nfor name in {core!r}: importlib.import_module(name)\nprint(*sys.modules)",
        cwd=ROOT,
    ).split()
    assert "bot.core.search" in loaded
    foreign = [
        m for m in loaded if m.startswith(("slack_", "gunicorn", "websocket", "readline", "curses", "tests"))
    ]
    assert foreign == []
    assert [m for m in loaded if m.startswith("bot.") and not m.startswith("bot.core")] == []


def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    names = imports(path)
    roots = {name.split(".")[0] for name in names}
    assert not roots & {"tests", "pytest", "hypothesis"}, "the bot does not need its tests"
    part = path.relative_to(ROOT / "bot").parts[0]
    if part == "core":
        assert not roots & {"slack_bolt", "slack_sdk", "starlette", "uvicorn", "sqlalchemy"}
        assert not [n for n in names if n.startswith("bot.") and not n.startswith("bot.core")]
    elif part == "db":
        assert not [n for n in names if n.startswith(("bot.cli", "bot.server", "bot.slack"))]
    elif part == "slack":
        assert not [n for n in names if n.startswith(("bot.cli", "bot.server", "bot.cli"))]


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_locked_requirements_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-|\s@\s|index-url|find-links", text.replace("--hash=", ""), re.MULTILINE)
    records = text.replace("\\\n", " ").splitlines()
    pinned = [line for line in records if line.strip() and not line.startswith("#")]
    assert len(pinned) > 5
    for line in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+", line), line
        assert "--hash=sha256:" in line, line


def test_the_lock_holds_every_run_time_dependency() -> None:
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    declared = {re.match(r"[a-z0-9-]+", d)[0] for d in PROJECT["project"]["dependencies"]}  # type: ignore[index]
    assert declared <= locked
    assert not locked & {"pytest", "hypothesis", "mypy", "ruff"}

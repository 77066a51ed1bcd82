"""The project as it is installed, and which of its parts may import which."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import FIXTURES
from tests.support.process import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted((ROOT / "bot").rglob("*.py"))
WEB_AND_SLACK = {*"slack_bolt slack_sdk starlette uvicorn sqlalchemy websocket readline curses".split()}
FORBIDDEN = {
    "core": ("bot.cli", "bot.db", "bot.playground", "bot.server", "bot.site", "bot.slack"),
    "db": ("bot.cli", "bot.playground", "bot.server", "bot.slack"),
    "slack": ("bot.cli", "bot.playground", "bot.server"),
}


def python(*arguments: str, cwd: Path, **variables: str) -> str:
    """What a fresh interpreter prints."""
    env = {k: v for k, v in os.environ.items() if k not in ("UNIONSTATE_FACTS", "PYTHONPATH")} | variables
    command = [sys.executable, "-W", "error", *arguments]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed")
def test_the_wheel_has_its_data_and_answers_away_from_the_checkout(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    build = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", tmp_path, ROOT]
    subprocess.run(build, check=True, timeout=120)
    (wheel,) = tmp_path.glob("unionstate_bot-*.whl")
    site = tmp_path / "site"
    install = [*pip, "install", "--no-deps", "--no-index", "--target", site, wheel]
    subprocess.run(install, check=True, timeout=120)
    assert {path.name for path in site.iterdir() if path.suffix != ".dist-info"} == {"bot", "bin"}
    for name in ("facts", "seeds"):
        folders = (ROOT / name, site / "bot/_data" / name)
        ours, installed = ({p.relative_to(folder) for p in folder.rglob("*.yaml")} for folder in folders)
        assert ours == installed
    for file in ("bot/playground/static/app.js", "bot/_data/manifest.json", "bin/unionstate"):
        assert (site / file).exists(), file

    code = "from bot.core.facts.loader import data_folder; print(data_folder())"
    assert python("-c", code, cwd=tmp_path, PYTHONPATH=str(site)) == f"{site / 'bot/_data'}\n"
    facts = {"PYTHONPATH": str(site), "UNIONSTATE_FACTS": str(FIXTURES / "facts")}
    assert "49.5%" in python("-m", "bot", "ask", "trade", "share", cwd=tmp_path, **facts)
    assert "pages" in python("-m", "bot", "site", "here", cwd=tmp_path, **facts)
    assert (tmp_path / "here" / "feed.xml").exists()


def test_the_core_loads_no_slack_no_web_and_no_terminal() -> None:
    paths = [path.relative_to(ROOT).with_suffix("") for path in MODULES]
    core = [".".join(path.parts) for path in paths if path.is_relative_to("bot/core")]
    code = f"import importlib, sys\nfor name in {core!r}: importlib.import_module(name)\nprint(*sys.modules)"
    loaded = python("-c", code, cwd=ROOT).split()
    assert "bot.core.search" in loaded
    assert [name for name in loaded if name.split(".")[0] in {*WEB_AND_SLACK, "tests"}] == []
    assert [name for name in loaded if name.startswith(FORBIDDEN["core"])] == []


def imports(path: Path) -> set[str]:
    """The modules that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_imports_point_one_way() -> None:
    for path in MODULES:
        names, part = imports(path), path.relative_to(ROOT / "bot").parts[0]
        foreign = {"tests", "pytest", "hypothesis", *(WEB_AND_SLACK if part == "core" else ())}
        assert not {name.split(".")[0] for name in names} & foreign, path
        assert not [name for name in names if name.startswith(FORBIDDEN.get(part, ("tests",)))], path


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_locked_requirements_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-|\s@\s|index-url|find-links", text.replace("--hash=", ""), re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    pinned = [line for line in lines if line.strip() and not line.startswith("#")]
    assert len(pinned) > 5
    for line in pinned:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+", line), line
        assert "--hash=sha256:" in line, line


def test_the_lock_holds_every_run_time_dependency() -> None:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", text, re.MULTILINE))
    declared = {re.split(r"[^a-z0-9-]", dependency)[0] for dependency in PROJECT["project"]["dependencies"]}
    assert declared <= locked
    assert not locked & {"pytest", "hypothesis", "mypy", "ruff"}

"""CONTRIBUTING's examples, the hooks, the workflows and the issue forms work."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from bot.cli.app import _parser
from bot.core.facts.lint import check_base
from bot.core.facts.loader import load_fact_base
from bot.core.facts.models import KINDS, REVIEW_AFTER
from tests.conftest import FIXTURES
from tests.core.test_schema import complaints

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WORKFLOWS = [
    yaml.safe_load((ROOT / f".github/workflows/{name}.yml").read_text(encoding="utf-8"))
    for name in ("facts", "checks")
]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
FORMS = sorted(p for p in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if p.stem != "config")


def test_the_examples_are_right_and_explain_each_kind_and_every_field(tmp_path: Path) -> None:
    found = re.search(r"<!-- example -->\n```yaml\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert found
    text, folder = found[1], tmp_path / "facts"
    assert complaints("facts", text) == [], "it fits the editors' schema"
    folder.mkdir()
    (folder / "examples.yaml").write_text(text, encoding="utf-8")
    base = load_fact_base(folder, FIXTURES / "seeds")
    report = check_base(base)
    assert [str(p) for p in (*report.problems, *report.warnings)] == []
    assert {f.kind for f in base.facts} == set(KINDS)
    for kind in KINDS:
        assert re.search(rf"^# An? {kind.upper()} is ", text, re.MULTILINE), kind
    fields = {name for fact in base.facts for name in type(fact).model_fields} - {"checked", "answers"}
    assert [n for n in fields if not re.search(rf"^ +(?:- )?{n}:", text, re.MULTILINE)] == []


def test_the_times_of_review_are_those_that_hold() -> None:
    assert (
        f"a figure or an actor is due in {REVIEW_AFTER['figure']}, a position in {REVIEW_AFTER['position']}, "
        f"a date in {REVIEW_AFTER['date']}" in " ".join(CONTRIBUTING.split())
    )
    assert REVIEW_AFTER["actor"] == REVIEW_AFTER["figure"]


def test_the_links_within_contributing_lead_somewhere() -> None:
    heads = {
        re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
        for h in re.findall(r"^#+ (.+)$", CONTRIBUTING, re.MULTILINE)
    }
    links = re.findall(r"\]\(#([^)]+)\)", CONTRIBUTING)
    assert len(links) >= 8
    assert set(links) <= heads


def parses(command: str) -> bool:
    """Whether the command line takes it."""
    words = [w for w in shlex.split(command.replace("…", "").strip()) if not w.startswith("$")]
    try:
        _parser().parse_args(words + (["x"] if words[0] in ("diff",) and len(words) in (1, 3) else []))
    except SystemExit as stop:
        return stop.code == 0
    return True


def test_the_commands_of_contributing_exist() -> None:
    found = {c.strip() for c in re.findall(r"`unionstate ([^`]+)`", CONTRIBUTING)}
    assert {"fmt", "check", "diff", "schema --write"} <= found
    assert [c for c in found if not parses(c)] == []


def test_no_step_puts_what_strangers_write_into_a_script() -> None:
    """`${{ … }}` in a script is text of the script; what comes from a pull request goes through the environment."""
    steps = [step for flow in WORKFLOWS for job in flow["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


def test_the_hooks_run_the_same_checks() -> None:
    (repo,) = HOOKS["repos"]
    assert repo["repo"] == "local"
    entries = {hook["id"]: hook for hook in repo["hooks"]}
    assert entries["unionstate-fmt"]["entry"] == ".venv/bin/unionstate fmt --check"
    assert entries["unionstate-check"]["entry"] == ".venv/bin/unionstate check"
    assert parses("fmt --check facts/trade.yaml")
    for hook in entries.values():
        assert re.search(hook["files"], "facts/trade.yaml")
        assert re.search(hook["files"], "seeds/riac-2019.yaml")
        assert not re.search(hook["files"], "bot/cli.py")


def test_there_is_a_form_for_each_thing_that_people_report() -> None:
    assert [p.stem for p in FORMS] == ["missing-fact", "new-article", "source-moved", "wrong-fact"]


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_the_forms_are_such_as_github_takes(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(form) == {"name", "description", "title", "labels", "body"}
    ids = [part["id"] for part in form["body"]]
    assert len(ids) == len(set(ids))
    for part in form["body"]:
        assert part["type"] in ("input", "textarea", "dropdown")
        assert part["attributes"]["label"]
        assert ("options" in part["attributes"]) == (part["type"] == "dropdown")
        assert part.get("validations", {"required": True}) == {"required": True}
    assert form["body"][0]["validations"]["required"]

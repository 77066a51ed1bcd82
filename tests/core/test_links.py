"""Addresses in the repository: a line of a file, a new issue that is filled in."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from bot.core.facts.base import question_place
from bot.core.facts.loader import load_fact_base
from bot.core.feedback.inbox import REASONS
from bot.core.present.links import ADDRESS_LENGTH, Repository
from tests.conftest import FIXTURES
from tests.support.facts import small_finder

FORMS = Path(__file__).resolve().parents[2] / ".github" / "ISSUE_TEMPLATE"
GITHUB, GITLAB = Repository("https://github.com/owner/name"), Repository("https://gitlab.example/group/name")


def test_a_fact_leads_to_its_line() -> None:
    base = small_finder().base
    place = base.places["trade-share-2018"]
    assert GITHUB.line(place) == f"https://github.com/owner/name/blob/HEAD/facts/trade.yaml#L{place.line}"
    assert (
        GITLAB.line(place) == f"https://gitlab.example/group/name/-/blob/HEAD/facts/trade.yaml#L{place.line}"
    )
    assert place.line > 1


def test_a_question_leads_to_the_editor_at_the_line_where_it_is_added() -> None:
    base = small_finder().base
    place = question_place(base, "trade-share-2018")
    assert place == base.place(
        base.by_id["trade-share-2018"], "asks"
    )  # it has no entry in facts/questions yet
    assert GITHUB.edit(place) == f"https://github.com/owner/name/edit/main/facts/trade.yaml#L{place.line}"
    assert (
        GITLAB.edit(place) == f"https://gitlab.example/group/name/-/edit/main/facts/trade.yaml#L{place.line}"
    )
    with_questions = load_fact_base(FIXTURES / "facts")
    asked = question_place(with_questions, next(iter(with_questions.questions)))
    assert asked.file.startswith("facts/questions/")
    assert question_place(base, "wombats") is question_place(base, None) is None


@pytest.mark.parametrize("reason", REASONS)
def test_github_issues_fill_in_the_fields_of_the_forms(reason: str) -> None:
    """A form's field that is renamed would lose what a person has reported."""
    base = small_finder().base
    fact = base.by_id["trade-share-2018"]
    address = GITHUB.new_issue(fact, base.places[fact.id], base.version, reason, "remark")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = yaml.safe_load((FORMS / query.pop("template")).read_text())
    assert query.pop("title").startswith(form["title"] + fact.id)
    assert query.keys() <= {field["id"] for field in form["body"] if field["type"] in ("input", "textarea")}
    assert "remark" in query.values()


@pytest.mark.parametrize("remark", ["", "Off by one & <b>\nsecond line", "ж" * 500, "😀" * 500])
@pytest.mark.parametrize("repository", [GITHUB, GITLAB, Repository("https://git.example/owner/name")])
def test_an_issue_is_filled_in_and_its_address_fits_a_button(repository: Repository, remark: str) -> None:
    base = small_finder().base
    fact = base.by_id["trade-share-2018"]
    address = repository.new_issue(fact, base.places[fact.id], base.version, "wrong", remark)
    assert len(address) <= ADDRESS_LENGTH
    parts = urlsplit(address)
    assert parts.path.endswith("/issues/new")
    notice = " ".join(value for values in parse_qs(parts.query).values() for value in values)
    for word in (fact.id, base.version, "wrong", remark[:20]):
        assert word in notice.lower() or word in notice

"""Dates are parsed, ordered and printed; anything else is refused."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.facts.dates import FactDate, parse_date

D = datetime.date

READ = [
    # EDTF, first day, last day, as printed
    ("2015", D(2015, 1, 1), D(2015, 12, 31), "2015"),
    ("2015-12", D(2015, 12, 1), D(2015, 12, 31), "December 2015"),
    ("2015-02", D(2015, 2, 1), D(2015, 2, 28), "February 2015"),
    ("2016-02", D(2016, 2, 1), D(2016, 2, 29), "February 2016"),
    ("2016-02-29", D(2016, 2, 29), D(2016, 2, 29), "29 February 2016"),
    ("2015-12-14", D(2015, 12, 14), D(2015, 12, 14), "14 December 2015"),
    ("199X", D(1990, 1, 1), D(1999, 12, 31), "the 1990s"),
    ("999X", D(9990, 1, 1), D(9999, 12, 31), "the 9990s"),
    ("199X~", D(1990, 1, 1), D(1999, 12, 31), "about the 1990s"),
    ("2015~", D(2015, 1, 1), D(2015, 12, 31), "about 2015"),
    ("2015-12~", D(2015, 12, 1), D(2015, 12, 31), "about December 2015"),
    ("0862", D(862, 1, 1), D(862, 12, 31), "862"),
    ("2015-12-14/2015-12-15", D(2015, 12, 14), D(2015, 12, 15), "14–15 December 2015"),
    ("2015-11-30/2015-12-01", D(2015, 11, 30), D(2015, 12, 1), "30 November – 1 December 2015"),
    ("2015-12-31/2016-01-01", D(2015, 12, 31), D(2016, 1, 1), "31 December 2015 – 1 January 2016"),
    ("2019-01/2019-04", D(2019, 1, 1), D(2019, 4, 30), "January–April 2019"),
    ("2018-11/2019-04", D(2018, 11, 1), D(2019, 4, 30), "November 2018 – April 2019"),
    ("1995/1999", D(1995, 1, 1), D(1999, 12, 31), "1995–1999"),
    ("1995/1999~", D(1995, 1, 1), D(1999, 12, 31), "1995 – about 1999"),
    ("199X/200X", D(1990, 1, 1), D(2009, 12, 31), "the 1990s – the 2000s"),
    ("199X/2004", D(1990, 1, 1), D(2004, 12, 31), "the 1990s – 2004"),
    ("2015/2016-03-02", D(2015, 1, 1), D(2016, 3, 2), "2015 – 2 March 2016"),
]


@pytest.mark.parametrize(("edtf", "first", "last", "printed"), READ, ids=[r[0] for r in READ])
def test_a_date_is_read_and_printed(edtf: str, first: D, last: D, printed: str) -> None:
    date = parse_date(edtf)
    assert (date.first, date.last, str(date), date.edtf) == (first, last, printed, edtf)
    assert date.is_interval == ("/" in edtf)


REFUSED = [
    "", " 2015", "15", "20155", "-2015", "2015-1", "20151214", "2015/12/14", "14.12.2015", "2015-12-14T00:00", "2015-13", "2015-00",
    "2015-02-29", "2015-12-32", "0000", "000X", "2015?", "~2015", "2015~~", "19XX", "201X-12", "2015-XX", "2016/2015", "2015/2015",
    "2015/", "2015/..", "2015/2016/2017", "2015–2016", "December 2015", "1990s", "２０１５", "٢٠١٥",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|ends before"):
        parse_date(text)


def test_dates_sort_by_their_first_day_and_the_vaguer_first() -> None:
    ordered = "198X 199X 1990/1995 1990 1990-01 1990-01-01 1990-01-02 1990-02 1991 2015~".split()
    backwards = ordered[::-1]
    assert sorted(backwards, key=lambda text: parse_date(text).sort_key) == ordered


@pytest.mark.parametrize(
    ("edtf", "within"),
    [("2015", True), ("201X", True), ("2014", False), ("2015-06-30", True), ("2015-07", False)],
)
def test_dates_overlap_where_they_share_a_day(edtf: str, within: bool) -> None:
    assert parse_date(edtf).overlaps(D(2015, 6, 1), D(2015, 6, 30)) is within


days = st.dates(min_value=D(1, 1, 1), max_value=D(9999, 12, 30))
points = st.one_of(
    days.map(D.isoformat),
    days.map(lambda d: d.isoformat()[:7]),
    days.map(lambda d: d.isoformat()[:4]),
    st.integers(1, 999).map(lambda n: f"{n:03}X"),
).flatmap(lambda text: st.sampled_from([text, f"{text}~"]))


@given(points)
def test_every_date_has_a_first_and_a_last_day(text: str) -> None:
    date = parse_date(text)
    assert date.first <= date.last
    assert not date.is_interval
    assert str(date).startswith("about ") == text.endswith("~")


@given(points, points)
def test_an_interval_is_read_exactly_when_its_end_begins_later(a: str, b: str) -> None:
    start, end = parse_date(a), parse_date(b)
    if start.first < end.first:
        interval = parse_date(f"{a}/{b}")
        assert (interval.first, interval.last) == (start.first, end.last)
        assert str(interval)
    else:
        with pytest.raises(ValueError, match="ends before"):
            parse_date(f"{a}/{b}")


@given(st.one_of(st.text(max_size=25), st.text("0123456789-/~X", max_size=25)))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        date = parse_date(text)
    except ValueError:
        return
    assert isinstance(date, FactDate)
    assert str(date)

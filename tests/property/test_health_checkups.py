"""みなし健診 by SQL and by the rule alone; what the two validators say of a document; whatever the bytes, whole or refused."""

from __future__ import annotations

import tempfile
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from azukari.business.health import columns
from azukari.business.health.checkups import api, deemed, xml
from azukari.business.health.checkups.rules.deemed import Act, candidate
from azukari.business.health.checkups.types import Candidate, Received
from azukari.core.intake.types import Problems
from azukari.kernel.age import age_reached
from azukari.kernel.errors import BadInput
from azukari.kernel.fiscal import FiscalYear
from support.health_checkups import Kept, cda, csv_167

YEAR = FiscalYear(2024)
CODES = [*sorted({code for one in deemed.terms().items for code in one.codes}), "113041910"]
# Close together, about the two ends of the year: many fall into one span, some outside the year.
DAY = st.one_of(st.dates(date(2024, 3, 20), date(2024, 8, 10)), st.dates(date(2025, 1, 20), date(2025, 4, 10)))
ACTS = st.lists(st.tuples(st.integers(1, 3), DAY, st.sampled_from(CODES)), min_size=8, max_size=40)
BIRTHS = st.sampled_from([date(1985, 4, 1), date(1985, 4, 2), date(1950, 4, 1), date(1950, 4, 2), date(1970, 1, 1)])


def table(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(
        [{key: row.get(key) for key in columns.TABLES[name]} for row in rows], schema=columns.TABLES[name]
    )


def connection(
    acts: list[tuple[int, date, str]], birth: date, until: date | None, checkup: int | None
) -> duckdb.DuckDBPyConnection:
    people = [{"person": one, "birth": birth, "since": date(2020, 1, 1), "until": until} for one in (1, 2, 3)]
    made = {
        "members": table("members", people),
        "links": table("links", [{"identity": one, "person": one} for one in (1, 2, 3)]),
        "receipts": table(
            "receipts",
            [
                {"receipt": at, "identity": who, "month": day.year * 100 + day.month}
                for at, (who, day, _) in enumerate(acts)
            ],
        ),
        "acts": table(
            "acts",
            [
                {"receipt": at, "line": 5, "code": code, "days": 1 << (day.day - 1)}
                for at, (_, day, code) in enumerate(acts)
            ],
        ),
        "checkups": table(
            "checkups",
            [{"identity": checkup, "date": date(2024, 9, 1), "fiscal_year": 2024}] if checkup else [],
        ),
    }
    found = duckdb.connect()
    for name, frame in made.items():
        found.register(f"_{name}", frame.to_arrow())
        found.execute(f"CREATE TABLE {name} AS FROM _{name}")
    return found


@settings(max_examples=15, deadline=None)
@given(ACTS, BIRTHS, st.sampled_from([None, date(2024, 8, 1)]), st.sampled_from([None, 2]))
def test_sql_and_the_rule_alone_find_the_same_candidates(
    acts: list[tuple[int, date, str]], birth: date, until: date | None, checkup: int | None
) -> None:
    with connection(acts, birth, until, checkup) as made:
        found = deemed.candidates(made, YEAR)
    assert {one.person: one for one in found} == by_hand(acts, birth, until, checkup)


def by_hand(
    acts: list[tuple[int, date, str]], birth: date, until: date | None, checkup: int | None
) -> dict[int, Candidate]:
    """The rule over everything a person had done while insured in the year, without SQL."""
    done: dict[int, list[Act]] = {}
    for at, (who, day, code) in enumerate(acts):
        if who != checkup and day in YEAR and (until is None or day < until):
            done.setdefault(who, []).append(Act(day, at, 5, code))
    age = age_reached(birth, date(2025, 3, 31))
    judged = {who: candidate(who, age, own, deemed.terms()) for who, own in done.items()}
    return {who: one for who, one in judged.items() if one}


@cache
def other_validator() -> xmlschema.XMLSchema:
    with_folder = files("azukari.business.health.checkups") / "data" / "xsd" / "hc08_V08.xsd"
    return xmlschema.XMLSchema(str(with_folder), validation="lax")


DOCUMENT = cda().decode()
BREAKS = st.lists(
    st.sampled_from(
        [
            ('classCode="OBS"', 'classCode="XXX"'), ("<effectiveTime", "<effectivTime"), ('xsi:type="PQ"', 'xsi:type="TS"'),
            ('moodCode="EVN"', ""), ("<title>", "<titel>"), ('code="010"', ""), ("<id nullFlavor", "<id nullFlavo"),
            ('typeCode="HLD"', 'typeCode="NONE"'), ('unit="cm"', 'unit="cm" extra="1"'),
            ('<birthTime value="', '<birthTime value="x'), ('<confidentialityCode code="N"/>', ""),
        ]
    ),
    max_size=2,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(BREAKS)
def test_two_validators_agree_on_a_document(breaks: list[tuple[str, str]]) -> None:
    text = DOCUMENT
    for old, new in breaks:
        text = text.replace(old, new)
    try:
        root = xml.parse(text.encode())
    except BadInput:
        return
    ours = xml.check(root, "a.xml", Problems(20))
    assert ours == (not list(other_validator().iter_errors(text)))


def outcome(path: Path, store: Kept) -> Received | BadInput:
    try:
        return api.receive(path, store)
    except BadInput as error:
        return error


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([cda(), csv_167()]),
    st.lists(
        st.tuples(
            st.floats(0, 1),
            st.one_of(
                st.binary(max_size=3), st.sampled_from([b'"', b'","', b"\r", b"\r\n", b'"\n"', b"<", b"&", b"\x1a"])
            ),
            st.integers(0, 3),
        ),
        max_size=3,
    ),
)
def test_whatever_the_bytes_whole_or_refused(data: bytes, edits: list[tuple[float, bytes, int]]) -> None:
    for where, new, cut in edits:
        at = int(where * len(data))
        data = data[:at] + new + data[at + cut :]
    store = Kept()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(data)
        found = outcome(path, store)
    if isinstance(found, BadInput):
        assert all((found.what, found.why, found.next_step))
        assert not store.writes
        return
    for (name, _), frame in store.parts.items():
        assert frame.height == found.counts[name]

"""A made-up month as files: exact, the same from the same seed, and broken only as its answer key says."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections

from azukari.business.taxi import api, intake, scans
from azukari.business.taxi.types import Ground, Hold
from azukari.demo import taxi
from azukari.demo.names import CONTRACTOR
from azukari.demo.taxi import mix
from azukari.kernel.errors import BadInput

JUNE = date(2019, 6, 1)
Row = dict[str, str]
Write = Callable[..., tuple[taxi.Month, Path]]


@pytest.fixture
def write(owner_connection: psycopg.Connection, tmp_path: Path) -> Write:
    """Write a month from the demonstration's register into a folder of its own; answers it and the folder."""
    count = iter(range(100))

    def make(errors: Mapping[str, float] | None = None, **given: Any) -> tuple[taxi.Month, Path]:
        out = tmp_path / f"{next(count)}"
        asked: dict[str, Any] = {"month": JUNE, "vouchers": 600, "seed": 1, "pages": 0} | given
        return taxi.month(owner_connection, out, mix=errors, **asked), out

    return make


def _answers(out: Path) -> list[Row]:
    with (out / "answers.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def _totals(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "answers.json").read_text(encoding="utf-8"))
    return found


def _claims(made: taxi.Month) -> dict[str, intake.Claim]:
    """Every claim, read back as the ward reads it; a rejected one fails the test."""
    found = {claim.folder.name: intake.read_claim(claim.folder) for claim in made.made}
    rejected = [one for one in found.values() if isinstance(one, intake.Rejected)]
    assert rejected == []
    return {name: claim for name, claim in found.items() if isinstance(claim, intake.Claim)}


def _grounds(out: Path) -> Counter[str]:
    return Counter(ground for row in _answers(out) for ground in row["理由"].split("|") if ground)


def _bytes(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_the_same_seed_writes_the_same_files(write: Write) -> None:
    first, again, other = (_bytes(write(seed=seed, pages=6)[1]) for seed in (1, 1, 2))
    assert first == again
    assert first["answers.csv"] != other["answers.csv"]
    assert any(name.endswith("vouchers.xlsx") for name in first)


def test_exactly_as_many_vouchers_as_asked(write: Write) -> None:
    told: list[tuple[int, int]] = []
    made, out = write(vouchers=700, progress=lambda done, total: told.append((done, total)))
    assert made.vouchers == len(_answers(out)) == 700
    assert made.claims == len(made.made) == len(list((out / "claims").iterdir()))
    assert told[-1] == (700, 700)
    assert told == sorted(told)


def test_a_small_register_gives_what_it_has(write: Write) -> None:
    """75 holders have at most 24 vouchers each a month."""
    made, _ = write(vouchers=100_000)
    assert 1_000 < made.vouchers < 75 * 24


@pytest.mark.parametrize("vouchers", [1, 2, 7, 30])
def test_even_a_handful_makes_a_month(write: Write, vouchers: int) -> None:
    made, out = write(vouchers=vouchers, pages=300)
    assert made.vouchers >= 1
    assert len(_answers(out)) == made.vouchers
    assert set(_claims(made)) == {claim.folder.name for claim in made.made}


def test_without_errors_every_voucher_is_good(write: Write, owner_connection: psycopg.Connection) -> None:
    """Each once, by its holder, in its month, within its fare, one ride at a time, with a company that takes it."""
    made, out = write(mix.NONE, vouchers=2_000)
    assert {(row["理由"], row["結果"]) for row in _answers(out)} == {("", "支払")}
    booklets = owner_connection.execute(
        "SELECT first, last, number, kind, face, valid_from, valid_until FROM taxi_booklet WHERE fiscal_year = 2019"
    ).fetchall()
    seen: set[int] = set()
    fares: Counter[tuple[object, ...]] = Counter()
    for company, claim in _claims(made).items():
        columns = claim.vouchers
        assert columns is not None
        lists = [getattr(columns, name).tolist() for name in ("serial", "kind", "face", "used", "fare")]
        for serial, kind, face, used, fare, name, number in zip(*lists, columns.names, columns.numbers, strict=True):
            [booklet] = [one for one in booklets if one[0] <= api.payload(serial) <= one[1]]
            assert (booklet[2], booklet[3], booklet[4]) == (number, intake.KINDS[kind].value, face)
            months = (booklet[6].year - booklet[5].year) * 12 + booklet[6].month - booklet[5].month
            monthly = (booklet[1] - booklet[0] + 1) // months
            month = (JUNE.year - booklet[5].year) * 12 + JUNE.month - booklet[5].month
            assert (api.payload(serial) - booklet[0]) // monthly == month
            assert name
            assert date.fromordinal(used + date(1970, 1, 1).toordinal()).replace(day=1) == JUNE
            seen.add(serial)
            fares[company, number, used, fare, kind] += face
    assert len(seen) == made.vouchers
    assert all(total <= key[3] for key, total in fares.items() if key[4] == 0)


@pytest.mark.parametrize("ground", list(mix.SHARES))
def test_each_kind_of_error_is_seeded_alone(write: Write, ground: Ground) -> None:
    """Other grounds only follow from it: a day moved before the booklet is early and late at once."""
    follows = {
        Ground.DENOM: {Ground.NO_AGREEMENT},
        Ground.EARLY: {Ground.STOPPED, Ground.NO_AGREEMENT},
        Ground.LATE_CLAIM: {Ground.EARLY, Ground.NO_AGREEMENT},
        Ground.UNREADABLE: {Ground.MISSING_ENTRY},
    }
    _, out = write(mix.NONE | {ground.value: 0.02}, vouchers=2_000)
    found = _grounds(out)
    assert found[ground] >= 1
    assert set(found) - {ground} <= follows.get(ground, set())


def test_more_of_an_error_when_more_is_asked_for(write: Write) -> None:
    few, many = (_grounds(write(mix.NONE | {"DUPLICATE": share})[1])["DUPLICATE"] for share in (0.01, 0.05))
    assert (few, many) == (6, 30)


def test_claims_that_must_be_held(write: Write) -> None:
    made, out = write(mix.NONE | {"OUT_OF_TERM": 1, "TWICE": 1})
    claims = _claims(made)
    held = {claim.hold: claim for claim in made.made if claim.hold}
    assert set(held) == set(Hold)
    days = {name: claim.received_on for name, claim in claims.items()}
    assert {day for name, day in days.items() if not date(2019, 7, 1) <= day <= date(2019, 7, 10)} == {
        date(2019, 7, 12)
    }
    assert days[held[Hold.OUT_OF_TERM].folder.name] == date(2019, 7, 12)
    second = held[Hold.TWICE].folder.name
    assert second == f"{held[Hold.TWICE].company}-2"
    assert days[held[Hold.TWICE].company] < days[second]
    outcomes = {(row["請求"], row["結果"]) for row in _answers(out)}
    assert {name for name, outcome in outcomes if outcome == "未判定"} == {claim.folder.name for claim in held.values()}


def test_invoices_that_do_not_fit_the_bundle(write: Write) -> None:
    made, out = write(mix.NONE | {"SHORT": 1, "SURPLUS": 1})
    differences = _totals(out)["count_differences"]
    assert sorted(line["invoiced"] > line["bundled"] for line in differences) == [False, True]
    for line in differences:
        claim = _claims(made)[line["claim"]]
        [invoiced] = [one.count for one in claim.invoice if (one.kind.value, one.face) == (line["kind"], line["face"])]
        beyond = [row for row in _answers(out) if row["請求"] == line["claim"] and row["理由"]]
        assert invoiced == line["invoiced"]
        assert len(beyond) == max(0, line["bundled"] - line["invoiced"])
        assert {row["理由"] for row in beyond} <= {"OVER_INVOICE"}


def test_totals_are_those_of_the_answers(write: Write) -> None:
    made, out = write(pages=30)
    answers, totals = _answers(out), _totals(out)
    outcomes = Counter(row["結果"] for row in answers)
    words = {"accepted": "支払", "held": "保留", "refused": "不支給", "waiting": "未判定"}
    assert {word: totals[name] for name, word in words.items()} == {word: outcomes[word] for word in words.values()}
    assert totals["grounds"] == _grounds(out)
    assert sum(totals["deciding"].values()) == totals["held"] + totals["refused"]
    assert totals["paid"] == sum(company["paid"] for company in totals["companies"])
    assert totals["claimed"] == sum(company["claimed"] for company in totals["companies"])
    assert totals["claimed"] == sum(claim.amount for claim in _claims(made).values())
    assert totals["claims"] == made.claims


def test_files_differ_as_machines_do(write: Write) -> None:
    _, out = write()
    lists = [path.read_bytes() for path in (out / "claims").glob("*/vouchers.csv")]
    assert any(text.startswith("\ufeff券番号".encode()) for text in lists)
    assert any(text.startswith("券番号".encode("cp932")) for text in lists)
    assert any(text.startswith("券番号".encode()) for text in lists)
    assert list((out / "claims").glob("*/vouchers.xlsx"))


def test_pictures_are_read_back_but_for_one(write: Write) -> None:
    """At most as many as asked for; one upside down in a claim, one that cannot be read, and what to key beside them."""
    made, out = write(mix.NONE, pages=12)
    answers = {(row["請求"], int(row["行"])): row for row in _answers(out)}
    pages = sorted((out / "claims").glob("*/pages/*.png"))
    assert 0 < len(pages) <= 12
    alone = {claim.folder.name for claim in made.made if not claim.listed}
    assert len({page.parts[-3] for page in pages} - alone) == 1
    read = list(scans.read_folder(pages, {}, processes=1))
    for page, one in zip(pages, read, strict=True):
        answer = answers[page.parts[-3], int(page.stem)]
        assert f"{one.serial:012d}" == (answer["券番号"] or "0" * 12)
        assert one.turned == (page.stem == "0002" and one.serial > 0)
        assert answer["理由"] == ("" if page.parts[-3] not in alone else _unkeyed(answer))
    assert sum(one.serial == 0 for one in read) == 1
    with (out / "pages.csv").open(encoding="utf-8-sig") as file:
        keyed = list(csv.DictReader(file))
    assert len(keyed) == sum(claim.vouchers for claim in made.made if not claim.listed)
    assert all(row["氏名"] and row["タクシー利用日"] and row["タクシー代金"] and row["認定番号"] for row in keyed)
    assert Counter(row["理由"] for row in keyed) == {"": len(keyed) - 1, "UNREADABLE": 1}


def _unkeyed(answer: Row) -> str:
    return "MISSING_ENTRY" if answer["券番号"] else "UNREADABLE|MISSING_ENTRY"


@pytest.mark.usefixtures("scratch")
@pytest.mark.parametrize("month", [date(2019, 4, 1), JUNE, date(2021, 3, 1)])
def test_a_check_finds_just_what_was_seeded(tmp_path: Path, month: date) -> None:
    """The key and the check were written apart, so that each checks the other; at the edges of the fiscal years too."""
    errors = {**dict.fromkeys(mix.SHARES, 0.01), "OUT_OF_TERM": 2, "TWICE": 2, "SHORT": 3, "SURPLUS": 3}
    taxi.write_month(tmp_path, month=month, vouchers=1_000, seed=4, mix=errors, pages=0)
    api.receive([tmp_path / "claims"], contractor=CONTRACTOR, by="test")
    api.check(month, by="test")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.code || CASE b.number WHEN 1 THEN '' ELSE '-' || b.number END, v.sequence, v.grounds, v.outcome,"
            " v.denomination FROM taxi_presentedvoucher v JOIN taxi_batch b ON b.id = v.batch_id"
            " JOIN taxi_company c ON c.id = b.company_id WHERE b.month = %s",
            [month],
        )
        rows = cursor.fetchall()
    found = {
        (claim, place): ("|".join(one for one in Ground if mask & one.bit), outcome)
        for claim, place, mask, outcome, _ in rows
    }
    assert found == {(row["請求"], int(row["行"])): (row["理由"], row["結果"]) for row in _answers(tmp_path)}
    assert _totals(tmp_path)["paid"] == sum(face for *_, outcome, face in rows if outcome == "支払")
    assert set(_grounds(tmp_path)) >= set(Ground) - {Ground.QUERIED, Ground.STOPPED}


@pytest.mark.parametrize("errors", [{"DUPLICAT": 0.1}, {"DUPLICATE": -0.1}, {"DUPLICATE": 0.6}, {"TWICE": -1.0}])
def test_a_mix_that_makes_no_sense_is_refused(write: Write, errors: dict[str, float]) -> None:
    with pytest.raises(BadInput) as told:
        write(errors)
    assert next(iter(errors)) in told.value.what


def test_a_month_without_vouchers_in_the_register_is_refused(write: Write) -> None:
    with pytest.raises(BadInput, match="2031-01"):
        write(month=date(2031, 1, 1))


def test_claims_are_never_mixed_with_others(write: Write, owner_connection: psycopg.Connection) -> None:
    _, out = write()
    before = _bytes(out)
    with pytest.raises(BadInput, match="すでに請求があります"):
        taxi.month(owner_connection, out, month=JUNE, vouchers=50, seed=2)
    assert _bytes(out) == before

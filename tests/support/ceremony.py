"""The two sides of a ceremony of 諮問809 in a made-up ward, and a small store of receipts whose people have loud names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars as pl
import pyrage
from django.utils import timezone

from azukari.business.health.analysis.making import make
from azukari.business.health.analysis.source import maker, source
from azukari.business.health.columns import TABLES
from azukari.core.accounts import api as accounts
from azukari.core.handover import api
from azukari.core.handover.api import Kind, ceremony
from azukari.core.policy import api as policy
from azukari.core.policy.api import Actor, Place
from azukari.demo.names import ANALYSTS

OWNER = "owner"
FLOW = "809-2-1"
WARD, THEIRS, OFFICER = "responsible-809", "analyst-responsible", "officer-809"
PASSPHRASE = "うみべのまちのながいみち"
SINCE, BEFORE = date(2025, 4, 1), date(2025, 6, 1)
MONTHS = (202504, 202505)
RARE_CODE, COMMON_CODE = "8840001", "2500013"
_numbers = count(1)


def records(people: int = 40, seed: int = 809) -> dict[str, pl.DataFrame]:
    """Frames of the health store: everybody has a name, a birth, a number and a house that must never be seen again."""
    random = Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
    for number in range(1, people + 1):
        _person(rows, number, random)
    return {
        name: pl.DataFrame(found, schema=TABLES[name]) if found else pl.DataFrame(schema=TABLES[name])
        for name, found in rows.items()
    }


def _person(rows: dict[str, list[dict[str, Any]]], number: int, random: Random) -> None:
    person, identity = 70_000_000_000 + number, 90_000_000_000 + number
    who = {
        "birth": date(1952 + number % 30, 1 + number % 12, 1 + number % 28), "sex": 1 + number % 2,
        "symbol": f"世{number:04}", "number": f"{778000 + number}", "branch": f"{number % 3:02}",
    }  # fmt: skip
    rows["members"].append(
        {**who, "person": person, "household": 5_500_000 + number, "since": date(2019, 4, 1), "until": None}
    )
    rows["identities"].append(
        {
            **who,
            "identity": identity,
            "insurer": "138057",
            "name": f"仮名沢 太郎{number}",
            "kana": f"カナザワ タロウ{number}",
        }
    )
    rows["links"].append({"identity": identity, "person": person, "how": "exact", "probability": 1.0})
    for month in MONTHS:
        receipt = 30_000_000_000 + number * 100 + month % 100
        line = 10 * number
        rows["receipts"].append(
            {
                "receipt": receipt, "file": "himitsu-no-file.uke", "line": line, "kind": "医科",
                "facility": f"13{1000 + number % 4}", "billed": month + 1, "month": month, "receipt_type": "1112",
                "inpatient": False, "identity": identity, "days": 1, "points": 500 + number, "prescriber": None,
            }
        )  # fmt: skip
        rows["payers"].append(
            {
                "receipt": receipt, "line": line + 1, "position": 0, "insurer": "00138057", "days": 1,
                "points": 500 + number, "copay": None,
            }
        )  # fmt: skip
        code = RARE_CODE if number == 1 else COMMON_CODE
        rows["diagnoses"].append(
            {
                "receipt": receipt, "line": line + 2, "code": code, "text": "主治医から聞いた病名", "outcome": 1,
                "started": date(2020, 1, 1 + number % 28), "main": True, "suspected": False, "modifiers": "",
            }
        )  # fmt: skip
        rows["acts"].append(
            {
                "receipt": receipt, "line": line + 3, "unit": 1, "record": "SI", "category": 11, "burden": "1",
                "code": "112007410", "amount": None, "points": 73, "times": 1, "days": 1 << random.randrange(28),
                "drug_days": None, "dispensed": None, "prescribed": None,
            }
        )  # fmt: skip
    if number % 2:
        rows["checkups"].append(
            {
                "identity": identity, "date": date(2025, 4, 1 + number % 28), "fiscal_year": 2025,
                "facility": "1310001", "ticket": f"2511{number:07}", "waist": 80.0 + number % 20, "smoking": 2,
                "hba1c": 5.5, "level": 1 + number % 3, "opinion": "先生の言葉",
            }
        )  # fmt: skip


def connected(frames: Mapping[str, pl.DataFrame]) -> duckdb.DuckDBPyConnection:
    """A database that holds exactly these tables."""
    connection = duckdb.connect()
    for name, frame in frames.items():
        connection.register("given", frame.to_arrow())
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        connection.unregister("given")
    return connection


@dataclass
class Meeting:
    """Who meets where with which keys; every one has a medium of its own."""

    folder: Path
    serial: str
    identity: pyrage.x25519.Identity
    frames: dict[str, pl.DataFrame] = field(default_factory=records)
    keys: dict[str, Any] = field(default_factory=dict)
    later: timedelta = timedelta()

    def now(self) -> datetime:
        return timezone.now() + self.later

    @property
    def place(self) -> Place:
        return policy.places()["ward"]

    @property
    def keystore(self) -> Path:
        return self.folder / "ward" / "pseudonym.key"

    @property
    def backup(self) -> Path:
        return max((self.folder / "ward").glob("backup-*.pdf"))

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    def actor(self, login: str) -> Actor:
        return accounts.actor_of(accounts.find(login), timezone.localdate(self.now()))

    def propose(self, **other: Any) -> ceremony.CeremonyCard:
        given: dict[str, Any] = {
            "contractor": ANALYSTS, "serial": self.serial, "until": timezone.localdate() + timedelta(days=20),
            "since": SINCE, "before": BEFORE, "place": self.place, "by": self.actor(OFFICER), "now": self.now(),
            "using": OWNER, "smallest": 2,
        }  # fmt: skip
        flow = other.pop("flow", FLOW)
        return ceremony.propose("analysis", flow, **given | other)

    def by(self, login: str, place: Place | None = None) -> dict[str, Any]:
        return {"by": self.actor(login), "place": place or self.place, "now": self.now(), "using": OWNER}

    def public(self, login: str) -> str:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return ceremony.public_of(self.keys.setdefault(login, Ed25519PrivateKey.generate()))

    def attend(self, key: int, *logins: str) -> None:
        for login in logins or (WARD, THEIRS):
            ceremony.attend(key, **self.by(login), public=self.public(login))

    def use_key(self, key: int) -> ceremony.CeremonyCard:
        return ceremony.use_key(
            key, self.keystore, PASSPHRASE, backup=self.keystore.with_name(f"backup-{key:04}.pdf"), **self.by(WARD)
        )

    def make(self, key: int) -> ceremony.CeremonyCard:
        return ceremony.make(key, self.keystore, PASSPHRASE, **self.by(WARD))

    def accept(self, key: int) -> ceremony.CeremonyCard:
        proposal = ceremony.proposal_of(ceremony.find(key, using=OWNER), timezone.localdate(self.now()))
        return ceremony.accept(key, proposal, **self.by(WARD))

    def write(self, key: int) -> ceremony.CeremonyCard:
        return ceremony.write(key, self.stick, **self.by(WARD))[0]

    def deliver(self, key: int) -> ceremony.CeremonyCard:
        return ceremony.deliver(key, [self.folder / "list.csv"], **self.by(OFFICER))

    def restore(self, key: int) -> list[Path]:
        return ceremony.restore(key, self.keystore, PASSPHRASE, self.folder / "back", **self.by(WARD))[1]

    def sign(self, key: int, step: ceremony.Step, login: str, said: str = "") -> ceremony.CeremonyCard:
        text = ceremony.text_of(ceremony.find(key, using=OWNER), step, said)
        self.public(login)
        signature = ceremony.signature_of(self.keys[login], text)
        return ceremony.sign(key, step, **self.by(login), signature=signature, said=said)

    def accepted(self, **other: Any) -> int:
        """A ceremony whose disclosure report was accepted."""
        key = self.propose(**other).id
        self.attend(key)
        self.use_key(key)
        self.make(key)
        self.accept(key)
        return key

    def signed(self, **other: Any) -> int:
        """A ceremony whose medium is written and whose record both have signed."""
        key = self.accepted(**other)
        self.write(key)
        self.sign(key, ceremony.Step.WARD_SIGNED, WARD)
        self.sign(key, ceremony.Step.THEIRS_SIGNED, THEIRS)
        return key

    def opened(self, key: int) -> Path:
        """The contractor opens the medium with its own key; the folder of what was in it."""
        card = ceremony.find(key, using=OWNER)
        ward = self.folder / "ward.pub"
        ward.write_bytes(api.ward_key().public_text())
        from azukari.kernel.container import open_container, read_ward_key

        path = self.stick / f"{card.handover}.azukari.age"
        return open_container(
            path, self.identity, read_ward_key(ward), self.folder / "opened", timezone.localdate()
        ).folder

    def medium_back(self, key: int) -> None:
        card = ceremony.find(key, using=OWNER)
        assert card.handover
        api.returned(card.handover, by=OFFICER, on=timezone.localdate(), using=OWNER)


def meeting(folder: Path, identity: pyrage.x25519.Identity) -> Meeting:
    """A fresh medium, keys of both persons, the store; the contractor's public key is registered already."""
    for name in ("ward", "stick"):
        (folder / name).mkdir()
    serial = f"HEALTH-{next(_numbers):04}"
    api.add_medium(serial, Kind.USB, ANALYSTS, since=date(2019, 4, 1), by="demo", using=OWNER)
    return ready(Meeting(folder, serial, identity))


def ready(found: Meeting) -> Meeting:
    """What is handed over comes from the meeting's own records."""
    ceremony.register(replace(maker(), make=lambda order: make(order, connected(found.frames))))
    api.register(source())
    return found


def at_work(folder: Path, serial: str, key: int, work: str) -> None:
    """One step in a process of its own: a method of Meeting, by its name."""
    found = ready(Meeting(folder, serial, pyrage.x25519.Identity.generate()))
    getattr(found, work)(key)


def settle_in() -> pyrage.x25519.Identity:
    """The contractor's key, committed where the aliases point."""
    identity = pyrage.x25519.Identity.generate()
    api.add_recipient(str(identity.to_public()), ANALYSTS, since=date(2019, 4, 1), by="demo", using=OWNER)
    return identity

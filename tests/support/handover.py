"""A made-up contractor of 諮問813 with a key and a medium, and a source with rows: what hand-over tests stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.db import connections
from django.utils import timezone
from typer.testing import CliRunner, Result

from azukari.cli import handover as commands
from azukari.cli import manage
from azukari.core.accounts import api as accounts
from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, NewAccount
from azukari.core.audit.api import LedgerLine, search
from azukari.core.handover import api
from azukari.core.handover.api import Card, Kind, Proposal, Source, SourceRow, Stage, Written
from azukari.core.policy import api as policy
from azukari.core.policy.api import Place
from azukari.kernel.container import Opened, open_container, read_ward_key
from azukari.kernel.errors import AzukariError

FLOW = "813-1"
WORKSHOP = "就労継続支援A型事業所Scopo"
LEAD = "workshop-lead"
OWNER = "owner"
ITEMS = ("氏名", "住所", "希望する寄附金の使途", "寄附金額", "納付方法", "申込日")
TERM = timedelta(days=14)
_numbers = count(1)


def row(number: int, **values: str) -> SourceRow:
    given = {"氏名": f"寄附 太郎{number}", "住所": f"架空市{number}番地", "寄附金額": f"{number}000"} | values
    return SourceRow(number, f"内部-{number}", given)


@dataclass
class Batches:
    """A source that can be changed between proposing and writing. It reads nothing, so it needs no table of 813."""

    flow: str = FLOW
    rows: Sequence[SourceRow] = field(default_factory=lambda: [row(1), row(2), row(3)])
    letters: int = 0
    read: Callable[[], object] = lambda: None

    def source(self) -> Source:
        return Source("test", "試しの束", lambda _batch: self.flow, self._rows, self._files)

    def _rows(self, _batch: str) -> Sequence[SourceRow]:
        self.read()
        return self.rows

    def _files(self, _batch: str, rows: Sequence[SourceRow], folder: Path, _by: str) -> Sequence[Path]:
        paths = [folder / f"letters-{number:03}.pdf" for number in range(self.letters)]
        for path in paths:
            path.write_bytes(b"%PDF-" + repr(rows).encode() * 40)
        return paths


@dataclass
class Ward:
    """The ward and its contractor, ready for a hand-over; every test has a medium of its own."""

    batches: Batches
    identity: pyrage.x25519.Identity
    today: date
    serial: str
    key: Path

    def now(self) -> datetime:
        return timezone.now()

    def prepare(self, **other: Any) -> Proposal:
        given: dict[str, Any] = {"contractor": WORKSHOP, "until": self.today + TERM, "on": self.today}
        return api.prepare("test", "2026-12", **given | {"serial": self.serial} | other)

    def propose(self, *, over_reason: str = "", by: str = "officer", **other: Any) -> Card:
        return api.propose(self.prepare(**other), over_reason=over_reason, by=by, now=self.now(), using=OWNER)

    def approved(self, **other: Any) -> Card:
        return api.approve(self.propose(**other).id, by="responsible", now=self.now(), using=OWNER)

    def write(self, card: Card, to: Path) -> Written:
        return api.write(card.id, to, by="cli:ward", now=self.now(), using=OWNER)

    def on_paper(self, pages: int) -> Card:
        card = self.approved(serial=None, kind=Kind.PAPER)
        batch = api.batch_of(card, self.today)
        return api.give(card.id, pages, batch, by="officer", now=self.now(), using=OWNER)

    def open(self, path: Path, out: Path, **other: Any) -> Opened:
        given = {"identity": self.identity, "ward": read_ward_key(self.key), "out": out, "on": self.today}
        return open_container(path, **given | other)

    def returned(self, card: Card, pages: int | None = None) -> Card:
        return api.returned(card.id, by="officer", on=self.today, pages=pages, using=OWNER)

    def erased(self, card: Card) -> Card:
        return api.erased(card.id, by="officer", on=self.today, how="上書き消去", using=OWNER)

    def stage(self, card: Card) -> Stage:
        return api.find(card.id, using=OWNER).stage

    def sent_lines(self, card: Card) -> list[LedgerLine]:
        lines = search(action="handover.sent", limit=500, using=OWNER).lines
        return [line for line in lines if line.detail.get("handover") == card.id]


def settle_in() -> pyrage.x25519.Identity:
    """The contractor's place, its lead and its key, committed where the aliases point; its identity."""
    policy.save_place(Place("workshop", "作業所", "委託先事業者の施設", WORKSHOP, ward_terminal=True), using=OWNER)
    accounts.save_network("203.0.113.192/26", "workshop", using=OWNER)
    new = NewAccount(LEAD, "作業所 はな", "responsible", DEMONSTRATION_PASSWORD, date(2018, 4, 1), contractor=WORKSHOP)
    accounts.create(new, by="demo", using=OWNER)
    for flow in (FLOW, "813-2"):
        for other in ("workshop", "workshop-responsible"):
            policy.withdraw(other, flow, on=date(2019, 4, 2), using=OWNER)
        policy.enrol(LEAD, flow, since=date(2018, 4, 1), contractor=WORKSHOP, using=OWNER)
    identity = pyrage.x25519.Identity.generate()
    api.add_recipient(str(identity.to_public()), WORKSHOP, since=date(2018, 4, 1), by="demo", using=OWNER)
    return identity


def ready(identity: pyrage.x25519.Identity, folder: Path) -> Ward:
    """A fresh medium, a source that nobody has changed, and the ward's public key as the contractor has it."""
    with connections[OWNER].cursor() as cursor:
        # The codes that other tests have used may be used again.
        cursor.execute("UPDATE accounts_account SET totp_step = 0")
    serial = f"USB-{next(_numbers):04}"
    api.add_medium(serial, Kind.USB, WORKSHOP, since=date(2018, 4, 1), by="demo", using=OWNER)
    batches = Batches()
    api.register(batches.source())
    key = folder / "ward.pub"
    key.write_bytes(api.ward_key().public_text())
    return Ward(batches, identity, timezone.localdate(), serial, key)


def typed(*arguments: str, answers: str = "") -> Result:
    """`./azukari handover …` as it is typed."""
    result = CliRunner().invoke(commands.app, list(arguments), input=answers)
    expected = AzukariError | SystemExit
    assert result.exception is None or isinstance(result.exception, expected), result.exc_info
    return result


def without_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the test runs already."""
    monkeypatch.setattr(manage, "ready", nullcontext)


@contextmanager
def refused(words: str, kind: type[AzukariError] = AzukariError) -> Iterator[None]:
    with pytest.raises(kind) as caught:
        yield
    assert words in str(caught.value), str(caught.value)

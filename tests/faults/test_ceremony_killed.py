"""`kill -9` in the middle of a ceremony: given again, the same command goes on, and nothing is there twice or half."""

from __future__ import annotations

import signal
from pathlib import Path

import polars as pl
import pytest
from django.db import connections

from azukari.business.health.models import AnalysisRow
from azukari.core.handover import api, service
from azukari.core.handover.api import ceremony
from azukari.core.handover.ceremony import staging
from azukari.kernel import keystore as keys
from azukari.kernel.errors import BadInput, Refused
from support.ceremony import OFFICER, OWNER, PASSPHRASE, THEIRS, WARD, Meeting
from support.ceremony_child import killed_at
from support.handover import refused

Step = ceremony.Step
RECORDING = "azukari.core.handover.ceremony.making", "take"
RESTORING = "azukari.core.handover.ceremony.restoring", "take"


def killed(hall: Meeting, key: int, moment: tuple[str, str], work: str, left: Step) -> None:
    """Die there; the last recorded step is still `left`."""
    database = str(connections[OWNER].settings_dict["NAME"])
    assert killed_at(moment, database, hall.folder, hall.serial, key, work) == -signal.SIGKILL, (work, moment)
    assert ceremony.find(key, using=OWNER).steps[-1].step is left, (work, moment)


def test_killed_while_it_is_made_and_given_again(hall: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    key = hall.propose().id
    hall.attend(key)
    killed(hall, key, RECORDING, "use_key", Step.THEIRS_PRESENT)
    first = keys.read(hall.keystore, PASSPHRASE)
    hall.backup.rename(hall.folder / "first.pdf")
    hall.use_key(key)
    assert keys.read(hall.keystore, PASSPHRASE) == first, "a key that was made is not made anew"

    killed(hall, key, RECORDING, "make", Step.KEYED)
    assert not AnalysisRow.objects.using(OWNER).filter(ceremony=key).exists()
    hall.make(key)
    assert AnalysisRow.objects.using(OWNER).filter(ceremony=key).count() == 40

    # Nothing but the database: a failure undoes what a death would.
    with monkeypatch.context() as dying:
        dying.setattr(service, "approve", lambda *_args, **_kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            hall.accept(key)
    card = ceremony.find(key, using=OWNER)
    assert (card.steps[-1].step, card.handover) == (Step.MADE, None)
    hall.accept(key)

    killed(hall, key, RECORDING, "write", Step.ACCEPTED)
    assert staging.folder(key, staging.MADE).exists(), "kept until the step is recorded"
    card = hall.write(key)
    assert card.handover
    assert len(list(hall.stick.glob("*.age"))) == 1
    assert api.find(card.handover, using=OWNER).stage is api.Stage.WRITTEN
    assert not staging.folder(key, staging.MADE).exists()


def deliverable(hall: Meeting) -> int:
    key = hall.signed()
    pl.read_parquet(hall.opened(key) / "members.parquet").select("token").write_csv(hall.folder / "list.csv")
    return key


def test_killed_on_the_way_back_and_given_again(hall: Meeting) -> None:
    key = deliverable(hall)
    hall.deliver(key)
    hall.attend(key)
    killed(hall, key, RESTORING, "restore", Step.THEIRS_BACK)
    assert not (hall.folder / "back").exists()
    killed(hall, key, ("azukari.kernel.container", "sync_folder"), "restore", Step.THEIRS_BACK)
    assert (hall.folder / "back").exists(), "named, but not recorded: the same command goes on"
    files = hall.restore(key)
    assert sorted(pl.read_csv(files[0])["person"]) == [70_000_000_000 + number for number in range(1, 41)]
    assert [path.name for path in hall.folder.iterdir() if "azukari-part" in path.name] == []
    hall.sign(key, Step.DESTROYED, THEIRS, "消去しました。写しはありません。")
    hall.medium_back(key)
    assert hall.sign(key, Step.CLOSED, WARD).ended


def test_what_a_killed_run_left_in_clear_goes_with_the_next(hall: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the step was recorded and before the tables were taken away; or while they were being made."""
    key = hall.accepted()
    with monkeypatch.context() as killed_here:
        killed_here.setattr(staging, "remove", lambda *_args: None)
        hall.write(key)
    assert staging.folder(key, staging.MADE).exists()
    with refused("もう済んでいます", Refused):
        hall.write(key)
    assert not staging.folder(key, staging.MADE).exists()

    key = hall.propose().id
    begun = staging.folder(key, f"{staging.MADE}.part")
    begun.mkdir()
    ceremony.cancel(key, **hall.by(OFFICER))
    assert not begun.exists()


def test_what_stands_there_is_not_written_over(hall: Meeting) -> None:
    key = deliverable(hall)
    hall.deliver(key)
    hall.attend(key)
    mine: Path = hall.folder / "back" / "list.csv"
    mine.parent.mkdir()
    mine.write_text("mine")
    with pytest.raises(BadInput, match="もうあります"):
        hall.restore(key)
    assert mine.read_text() == "mine"
    assert ceremony.find(key, using=OWNER).last(Step.RESTORED) is None

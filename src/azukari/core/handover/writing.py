"""Handing over: a container on the medium, or counted pages. What leaves is what was approved, and the ledger has it first.

The container is written beside its place and read back; then the transaction with the ledger's line is committed; then
the file gets its name. Killed at any moment, the same command goes on: before the commit it writes anew, after it only
the name is missing. What leaves in clear is nowhere but in a private folder that the next run empties.
"""

from __future__ import annotations

import fcntl
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error
from django.utils import timezone

from azukari.core.accounts.api import workers
from azukari.core.handover import gate, papers, registry, rules
from azukari.core.handover.ceremony import staging
from azukari.core.handover.models import Handover
from azukari.core.handover.refusals import in_words
from azukari.core.handover.service import By, find, locked, login_of, note, subjects_of
from azukari.core.handover.shown import card_of, last_day
from azukari.core.handover.types import Card, Source, SourceRow, Stage, Written
from azukari.core.policy import api as policy
from azukari.core.policy.api import Place
from azukari.kernel import container
from azukari.kernel.container import KeyFile, Manifest, Sealed, Who
from azukari.kernel.errors import BadInput, Busy, NotFound, Refused, Unavailable

LABEL = "AZUKARI-MEDIUM.txt"
OUT_OF_ORDER = "./azukari handover list で、いまの段階を確かめてください。"


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows to hand over, read again today, and from where."""

    source: Source
    rows: tuple[SourceRow, ...]
    content: bytes
    ground: str
    whose: tuple[int, ...] = ()
    made: Sequence[Path] = ()

    @property
    def subjects(self) -> tuple[int, ...]:
        """Whose they are; of rows that name nobody, as the ceremony recorded it."""
        return self.whose or tuple(sorted({row.subject for row in self.rows}))


def ward_key() -> KeyFile:
    """The ward's signing key of this installation."""
    return KeyFile(Path(settings.LEDGER_HOME) / "secrets" / "handover.key")


def write(key: int, to: Path, *, by: By, now: datetime, using: str = DEFAULT_DB_ALIAS) -> Written:
    """Write an approved hand-over to the medium that stands at `to`. Needs to be outside every flow.

    Raises Refused when it is not approved, its term or permission is over, or the batch is no longer what was approved;
    BadInput and NotFound for a wrong medium; Unavailable when it is full or cannot be written; Busy while another writes.
    """
    with _alone(key) as work:
        row = _row(key, using)
        out = to / f"{key}{container.SUFFIX}"
        if row.written_by is not None:
            return _go_on(row, out)
        if not row.medium_id:
            raise _no_container(key)
        batch = batch_of(card_of(row), timezone.localdate(now))
        _claim(to, row.medium_id, out)
        sealed, manifest = _seal(row, batch, out, work, by, now)
        try:
            _hand_over(row, batch, sealed, manifest, by, now, using)
        except Exception:
            if not _may_have_left(key, using):
                sealed.part.unlink(missing_ok=True)
            raise
        container.publish(sealed, out)
        return Written(find(key, using=using), out, _slip(find(key, using=using), to), again=False)


def batch_of(card: Card, on: date) -> Batch:
    """Today's rows of an approved hand-over, unchanged since it was approved. Needs to be outside every flow.

    Raises Refused when it is not approved, is no longer allowed, or a letter of it has changed; Broken when a file that a
    ceremony made has.
    """
    if card.stage is not Stage.APPROVED:
        raise Refused(
            f"授受 {card.id} は、いま「{card.stage}」の段階です。", "渡せるのは、承認された授受だけです。", OUT_OF_ORDER
        )
    source = registry.source(card.source)
    way = gate.way_of(card.flow, card.contractor, card.kind, on)
    rows = gate.read(source, card.batch, way)
    content = rules.rows_csv(card.items, rows)
    if sha256(content).hexdigest() != card.rows_sha256 or card.items != way.terms.items:
        raise Refused(
            "承認した後に、渡すものか諮問の項目が変わりました。",
            f"承認したのは {card.rows:,} 件、いまは {len(rows):,} 件です。承認した内容と一字でも違えば渡しません。",
            "この授受を取り消し、いまの内容で提案し直してください。",
        )
    if not source.witnessed:
        return Batch(source, rows, content, way.terms.ground)
    made = staging.made_of(int(card.batch))
    whose = subjects_of(made.get("ledger"), "ceremony.made")
    paths = staging.checked(int(card.batch), staging.MADE, made.get("files", ()))
    return Batch(source, rows, content, way.terms.ground, whose, paths)


def give(
    key: int, pages: int, batch: Batch, *, by: By, now: datetime, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Card:  # fmt: skip
    """Record that an approved hand-over went by paper or facsimile, so many 枚. Raises BadInput and Refused."""
    if pages < 1:
        raise BadInput("枚数がありません。", "渡す紙を数えて記録します。", "1枚以上の枚数を入力してください。")
    with in_words(using):
        row = locked(key, using)
        if row.medium_id:
            raise BadInput(
                f"授受 {key} は、媒体で渡すものです。",
                "容器を書いて、読み返して確かめます。",
                "媒体をつないだ機械で ./azukari handover write を、--to を付けて実行してください。",
            )
        row.pages_out, row.written_by, row.written_at = pages, login_of(by), now
        row.ledger = note(row, "sent", by, place, batch.subjects, using=using)
        row.save(using=using, update_fields=["pages_out", "written_by", "written_at", "ledger"])
    return card_of(row)


def _row(key: int, using: str) -> Handover:
    find(key, using=using)
    return Handover.objects.using(using).get(pk=key)


def _no_container(key: int) -> BadInput:
    return BadInput(
        f"授受 {key} は、紙で渡すものです。", "書き込む媒体がありません。", "渡した枚数を --pages で記録してください。"
    )


def _seal(row: Handover, batch: Batch, out: Path, work: Path, by: By, now: datetime) -> tuple[Sealed, Manifest]:
    """The container beside its place, signed and read back from the medium."""
    rows = work / rules.ROWS_NAME
    rows.write_bytes(batch.content)
    paths = (rows, *batch.made, *_files(batch, row.batch, work / "files", login_of(by)))
    manifest = _manifest(row, batch, paths, by, now)
    content = manifest.as_bytes()
    signature = ward_key().load().sign(content)
    return container.seal(out, content, signature, paths, manifest.recipient), manifest


def _files(batch: Batch, key: str, folder: Path, by: str) -> Sequence[Path]:
    folder.mkdir(mode=0o700)
    return tuple(batch.source.files(key, batch.rows, folder, by)) if batch.source.files else ()


def _manifest(row: Handover, batch: Batch, paths: Sequence[Path], by: By, now: datetime) -> Manifest:
    paper = policy.library().consultation(row.consultation)
    secret = secrets.token_hex(8).upper()
    return Manifest(
        handover=row.pk,
        flow=row.flow,
        consultation=row.consultation,
        title=paper.title,
        business=policy.library().flows[row.flow].business,
        ground=batch.ground,
        items=tuple(row.items),
        rows=row.rows,
        contractor=row.contractor,
        recipient=str(row.recipient_id),
        medium=row.kind,
        serial=str(row.medium_id),
        place=row.place_words,
        proposed=_who(row.proposed_by, row.proposed_at),
        approved=_who(str(row.approved_by), row.approved_at or now),
        written=_who(login_of(by), now),
        valid_from=row.term.lower,
        valid_until=last_day(row.term.upper),
        over_reason=row.over_reason,
        receipt="-".join(secret[at : at + 4] for at in range(0, 16, 4)),
        files=container.packed(paths),
    )


def _who(login: str, at: datetime) -> Who:
    card = workers().get(login)
    return Who(login, card.name if card else "", timezone.localtime(at).isoformat(timespec="seconds"))


def _hand_over(
    row: Handover, batch: Batch, sealed: Sealed, manifest: Manifest, by: By, now: datetime, using: str
) -> None:
    """The hand-over and its line in the ledger, together."""
    with in_words(using):
        fresh = locked(row.pk, using)
        fresh.written_by, fresh.written_at = login_of(by), now
        fresh.manifest_sha256 = sha256(manifest.as_bytes()).hexdigest()
        fresh.container_sha256 = sealed.sha256
        fresh.receipt_sha256 = sha256(manifest.receipt.encode()).hexdigest()
        fresh.files = len(manifest.files)
        fresh.ledger = note(fresh, "sent", by, None, batch.subjects, using=using)
        fresh.save(using=using)


def _may_have_left(key: int, using: str) -> bool:
    """Whether the commit came through, or nobody can tell now: then the container stays, and the next run goes on."""
    try:
        return find(key, using=using).step(Stage.WRITTEN) is not None
    except Error:
        return True


def _go_on(row: Handover, out: Path) -> Written:
    """It was handed over before: what is on the medium must be that very container; only its name may be missing."""
    part = out.with_name(out.name + container.PART)
    there = out if out.is_file() else part
    if not there.is_file() or _digest(there) != row.container_sha256:
        raise Refused(
            f"授受 {row.pk} は、もう渡しています。",
            f"{out} に、そのとき書いた容器がありません。二つ目は作りません。",
            "渡した媒体をつないでください。失われたときは紛失として記録し、新しく提案してください。",
        )
    if there == part:
        container.publish(Sealed(part, part.stat().st_size, str(row.container_sha256)), out)
    return Written(card_of(row), out, _slip(card_of(row), out.parent), again=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _slip(card: Card, to: Path) -> Path:
    """The 授受票 beside the container, for people: nothing about anybody stands on it."""
    path = to / f"{card.id}.slip.pdf"
    part = path.with_name(path.name + container.PART)
    try:
        part.write_bytes(papers.slip(card))
        part.replace(path)
        container.sync_folder(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable(
            "授受票を媒体に書けません。",
            f"{error.strerror}。容器は書けていて、授受は記録しました。",
            "空きを作ってもう一度実行するか、画面の授受票を印刷してください。",
        ) from error
    return path


def _claim(to: Path, serial: str, out: Path) -> None:
    """The medium is the one it should be: its label says so, written on first use; and it holds no other hand-over."""
    if not to.is_dir():
        raise NotFound(f"{to} がありません。", "媒体の場所です。", "媒体をつなぎ、その場所を指定してください。")
    label = to / LABEL
    known = label.read_text(encoding="utf-8", errors="replace").strip() if label.exists() else ""
    if known not in {"", serial}:
        raise BadInput(
            f"これは媒体 {serial} ではありません。",
            f"この媒体の番号は {known[:40]} です。",
            "媒体を取り違えていないか確かめてください。",
        )
    others = [path.name for path in to.glob(f"*{container.SUFFIX}") if path.name != out.name]
    if others:
        raise BadInput(
            "この媒体には、別の授受が入っています。",
            f"{others[0]} があります。一つの媒体には一つの授受だけを書きます。",
            "前の授受の返却と消去を済ませてから使ってください。",
        )
    if not known:
        try:
            container.write_label(label, serial)
        except OSError as error:
            raise Unavailable(
                "媒体に書き込めません。", f"{error.strerror}。", "空きと、書き込みの禁止を確かめてください。"
            ) from error


@contextmanager
def _alone(key: int) -> Iterator[Path]:
    """A private folder for this hand-over, empty now and gone afterwards. Raises Busy while another run has it."""
    home = Path(settings.LEAVING) / "handover"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(home)
    with (home / f"{key}.lock").open("w") as gate_file:
        try:
            fcntl.flock(gate_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"授受 {key} は、いま書き込んでいます。", "二つ同時には書きません。", "終わるのを待ってください。"
            ) from error
        work = home / f"work-{key}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _sweep(home: Path) -> None:
    """What killed runs left in clear goes with the next run of whatever hand-over; who is still writing keeps theirs."""
    for left in home.glob("work-*"):
        with (home / f"{left.name.removeprefix('work-')}.lock").open("w") as gate_file, suppress(BlockingIOError):
            fcntl.flock(gate_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)

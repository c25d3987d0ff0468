"""Verification: the whole ledger read again, every hash computed anew, and every fault told with its place.

What is trusted is only the first public key. A checkpoint is believed when its key is the one named before it and its
signature holds, whether it stands in the database or in the file; entries are then held against it. One snapshot of the
database and one length of the file are compared, taken together under the sealer's lock, so that sealing may go on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

import psycopg

from azukari.core.audit import checkpoint as paper
from azukari.core.audit import encoding, store, tree
from azukari.core.audit.guards import TRIGGERS
from azukari.core.audit.types import Checkpoint, Finding, Report
from azukari.kernel.errors import BadInput, Unavailable

MOST_FINDINGS = 500
EPOCHS_AT_ONCE = 50
END = (1 << 63) - 1
GUARDS_QUERY = """
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled IN ('O', 'A')
"""
GRANTS_QUERY = """
SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type
  FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
 WHERE c.oid IN ('public.audit_entry'::regclass, 'public.audit_epoch'::regclass) AND a.grantee <> c.relowner
   AND (a.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')
        OR (a.privilege_type = 'INSERT' AND c.relname = 'audit_epoch'))
"""

WAITED_QUERY = """
SELECT extract(epoch FROM clock_timestamp() - min(at))::bigint FROM public.audit_entry WHERE turn >= %s
"""
LONG_WAIT = 60

# One entry as it is now: its number and its leaf hash, 40 bytes.
Record = bytes
# A line of the checkpoint file with its number.
Line = tuple[int, bytes]


def verify(*, kept: Iterable[bytes] = (), using: str = "default") -> Report:
    """Read the whole ledger and the checkpoint file; tell everything that does not hold.

    `kept` are checkpoint lines kept elsewhere (on paper, at the council): they must stand here unchanged (BadInput when they are
    no such lines). Raises Unavailable when the database or the file cannot be read. About a second for 200,000 entries.
    """
    began = time.monotonic()
    try:
        with store.connect(using) as main, store.connect(using) as side:
            return _Verifier(main, side, _by_epoch(kept)).run(began)
    except (psycopg.Error, OSError) as error:
        raise Unavailable(
            "台帳を検証できません。", f"{error}".strip(), "データベースが動き、検証点の控えを読めるか確かめてください。"
        ) from error


def _by_epoch(kept: Iterable[bytes]) -> dict[int, bytes]:
    try:
        return {paper.parse(text).number: text for text in kept}
    except ValueError as error:
        raise BadInput(
            "別に保管していた検証点を読めません。",
            str(error),
            "控えのファイルの行を、そのまま保管したものを指定してください。",
        ) from error


@dataclass
class _State:
    """What carries over from one epoch to the next.

    `previous` is None after an epoch that nothing proves, `frontier` after one whose tree could not be rebuilt.
    `is_lost` says that not even the bounds of the epoch before are known.
    """

    key: bytes | None
    previous: bytes | None = paper.NO_PREVIOUS
    frontier: tuple[bytes, ...] | None = ()
    last: Checkpoint | None = None
    is_lost: bool = False

    @property
    def size(self) -> int:
        return self.last.size if self.last else 0


@dataclass
class _Verifier:
    main: psycopg.Connection
    side: psycopg.Connection
    kept: Mapping[int, bytes]
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    epochs: int = 0
    entries: int = 0
    more: int = 0
    is_file_short: bool = False

    def run(self, began: float) -> Report:
        """Walk through epochs, file lines and entries side by side, in the order of the ledger."""
        with self._one_moment() as lines:
            self._guards()
            state = _State(paper.Keys(store.home()).first_public())
            stream = _Entries(self.main)
            for number, epoch, text in _side_by_side(self._epochs(), lines):
                self.epochs += epoch is not None
                self._epoch(number, epoch, text, state, stream)
            self._compare_kept(state)
            unsealed = sum(1 for _ in stream.until(END))
            self._note_waiting(state.last.horizon if state.last else 0)
        if self.more:
            self.notes.append(f"ほかに {self.more} 件の不一致があります。")
        key = paper.key_id(state.key) if state.key else None
        seconds = time.monotonic() - began
        findings, notes = tuple(self.findings), tuple(self.notes)
        return Report(self.epochs, self.entries + unsealed, unsealed, key, findings, notes, seconds)

    @contextmanager
    def _one_moment(self) -> Iterator[Iterator[Line]]:
        """One snapshot for both connections, and the file as it was at the same moment."""
        file = paper.CheckpointFile(store.home())
        self.main.execute("SELECT pg_advisory_lock_shared(%s)", [store.LOCK])
        self.main.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = self.main.execute("SELECT pg_export_snapshot()").fetchone()
        last = self.main.execute("SELECT coalesce(max(number), 0) FROM public.audit_epoch").fetchone()
        size, pending = file.size(), file.pending()
        self.side.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self.side.execute(f"SET TRANSACTION SNAPSHOT '{found[0] if found else ''}'")
        self.main.execute("SELECT pg_advisory_unlock_shared(%s)", [store.LOCK])
        yield self._lines(file.lines(size), pending, int(last[0]) if last else 0)

    def _lines(self, lines: Iterable[bytes], pending: bytes, last: int) -> Iterator[Line]:
        """The file's lines by number. A line that a killed sealer had only begun counts as what it was to become."""
        number, is_begun = 0, False
        for number, text in enumerate(lines, start=1):
            is_begun = not text.endswith(b"\n") and pending.startswith(text)
            if not is_begun:
                yield number, text
        missing = number if is_begun else number + 1
        if pending and missing == last:
            self.notes.append(f"第{last}期の封印が途中で止まっています。次の封印で完了します。")
            yield last, pending

    def _say(self, code: str, what: str, epoch: int | None = None, entry: int | None = None) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, what, epoch, entry))
        else:
            self.more += 1

    def _guards(self) -> None:
        """The triggers and missing grants that keep the tables: gone ones are how an edit begins."""
        for table, trigger in sorted(TRIGGERS - set(self.main.execute(GUARDS_QUERY).fetchall())):
            self._say("guard", f"表 {table} の守り {trigger} が外されています。")
        for table, role, right in self.main.execute(GRANTS_QUERY).fetchall():
            self._say("guard", f"{role} に表 {table} の {right} 権限があります。")

    def _epochs(self) -> Iterator[store.Epoch]:
        with self.side.cursor(name="epochs") as cursor:
            cursor.itersize = EPOCHS_AT_ONCE
            cursor.execute(f"SELECT {', '.join(store.EPOCH)} FROM public.audit_epoch ORDER BY number")
            yield from map(store.from_row, cursor)

    def _epoch(
        self, number: int, epoch: store.Epoch | None, text: bytes | None, state: _State, stream: _Entries
    ) -> None:
        if state.key is None and epoch:
            self._say("key", "最初の公開鍵 checkpoints/ledger.pub がありません。第1期の鍵で調べます。")
            state.key = epoch.checkpoint.key
        checkpoint, is_proven = self._checkpoint(number, epoch, text, state)
        if checkpoint is None:
            state.previous, state.frontier, state.is_lost = None, None, True
            return
        found = list(stream.until(checkpoint.horizon))
        if state.is_lost:
            self.notes.append(
                f"第{number}期の前に、境目の分からない記録が {max(0, len(found) - checkpoint.count)} 件あります。"
            )
            found = found[-checkpoint.count :]
        self.entries += len(found)
        self._contents(checkpoint, epoch, found, state, is_proven=is_proven)
        if state.last and checkpoint.at < state.last.at:
            self.notes.append(f"第{number}期の時計は、前の期より戻っています（順序は時計によりません）。")
        if number in self.kept and self.kept[number] != paper.line(checkpoint):
            self._say("kept", f"第{number}期が、別に保管されていた検証点と違います。", number)
        state.previous = paper.chain_hash(checkpoint) if is_proven else None
        state.key = checkpoint.next_key if is_proven else state.key
        state.last, state.is_lost = checkpoint, False

    def _checkpoint(
        self, number: int, epoch: store.Epoch | None, text: bytes | None, state: _State
    ) -> tuple[Checkpoint | None, bool]:
        """The checkpoint of this number from either place it is kept, and whether signature and chain prove it."""
        filed = self._filed(number, text)
        stored = epoch.checkpoint if epoch else None
        if filed and not stored:
            self._say("epoch-missing", f"第{number}期がデータベースから失われています。", number)
        if stored and not text and not self.is_file_short:
            self._say("file-short", f"検証点の控えに第{number}期からの行がありません。", number)
            self.is_file_short = True
        candidates = [one for one in (stored, filed if filed != stored else None) if one]
        good = [one for one in candidates if self._holds(number, one, state)]
        if stored and text and paper.line(stored) != text:
            wrong = "どちらか" if not good else "控え" if stored in good else "データベース"
            self._say(
                "checkpoint",
                f"第{number}期の検証点が、データベースと控えとで違います（{wrong}が書き換えられています）。",
                number,
            )
        if candidates and not good:
            self._say("signature", f"第{number}期の署名、鍵、または前の期とのつながりが正しくありません。", number)
        return next(iter([*good, *candidates]), None), bool(good)

    def _filed(self, number: int, text: bytes | None) -> Checkpoint | None:
        if not text:
            return None
        try:
            return paper.parse(text)
        except ValueError:
            self._say("file-line", f"検証点の控えの {number} 行目が壊れています。", number)
            return None

    @staticmethod
    def _holds(number: int, one: Checkpoint, state: _State) -> bool:
        """Number, chain, key and signature. After an epoch that nothing proves, only the key is handed on."""
        chained = state.previous is None or one.previous == state.previous
        return one.number == number and chained and one.key == state.key and paper.is_signed(one)

    def _compare_kept(self, state: _State) -> None:
        last = state.last.number if state.last else 0
        for number in sorted(self.kept):
            if number > last:
                self._say("kept", f"別に保管されていた第{number}期が、ここにはありません。", number)

    def _note_waiting(self, horizon: int) -> None:
        """Entries wait a second; long waits mean that no sealer runs, or that a transaction was left open."""
        waited = self.main.execute(WAITED_QUERY, [horizon]).fetchone()
        if waited and waited[0] and waited[0] > LONG_WAIT:
            self.notes.append(
                f"封印を {waited[0]:,} 秒待っている記録があります。./azukari audit seal を実行してください。"
            )

    def _contents(
        self, checkpoint: Checkpoint, epoch: store.Epoch | None, found: list[Record], state: _State, *, is_proven: bool
    ) -> None:
        """Hold the entries against the signed root; when they differ, find out which."""
        number = checkpoint.number
        listed = store.cut(epoch.leaves, store.RECORD) if epoch else None
        frontier = self._rebuilt(checkpoint, found, state)
        if frontier is None:
            frontier = self._rebuilt(checkpoint, listed, state) if listed else None
            if frontier is None and is_proven:
                self._cannot_tell(checkpoint, len(found), state)
            self._differences(number, found if listed is None else listed, found)
        elif listed is not None and listed != found:
            self._say("leaves", f"第{number}期の記録の一覧が書き換えられています（記録は無事です）。", number)
        own = epoch.frontier if epoch else None
        if own is not None and tree.fold(own) != checkpoint.root:
            self._say("frontier", f"第{number}期の木の控えが書き換えられています。", number)
            own = None
        state.frontier = frontier or own

    @staticmethod
    def _rebuilt(checkpoint: Checkpoint, records: list[Record], state: _State) -> tuple[bytes, ...] | None:
        """The frontier that these entries lead to, if it is the one that was signed."""
        if state.frontier is None or state.size + len(records) != checkpoint.size:
            return None
        frontier = tree.grow(state.frontier, state.size, [record[store.NUMBER :] for record in records])
        return frontier if tree.fold(frontier) == checkpoint.root else None

    def _cannot_tell(self, checkpoint: Checkpoint, found: int, state: _State) -> None:
        """Neither the entries nor their list lead to the signed root."""
        number = checkpoint.number
        if state.frontier is None and found == checkpoint.count:
            self.notes.append(f"第{number}期は、前の期が壊れているため、記録の一覧とだけ照らし合わせました。")
            return
        self._say(
            "epoch-content",
            f"第{number}期（記録 {checkpoint.first} から {checkpoint.last}）の記録が署名と合いません。"
            f"{checkpoint.count} 件のはずが {found} 件あります。どの記録かは、一覧も正しくないため分かりません。",
            number,
        )

    def _differences(self, epoch: int, listed: list[Record], found: list[Record]) -> None:
        before, now = _by_number(listed), _by_number(found)
        for entry in sorted(before.keys() | now.keys()):
            if entry not in now:
                self._say("entry-removed", f"記録 {entry} が取り除かれています。", epoch, entry)
            elif entry not in before:
                self._say("entry-added", f"記録 {entry} があとから差し込まれています。", epoch, entry)
            elif before[entry] != now[entry]:
                self._say("entry-changed", f"記録 {entry} が書き換えられています。", epoch, entry)


def _side_by_side(
    epochs: Iterator[store.Epoch], lines: Iterator[Line]
) -> Iterator[tuple[int, store.Epoch | None, bytes | None]]:
    """Epochs and lines of the same number together, in order; one without the other where there is a gap."""
    epoch, line = next(epochs, None), next(lines, None)
    while epoch or line:
        number = min(epoch.checkpoint.number if epoch else END, line[0] if line else END)
        has_epoch = epoch is not None and epoch.checkpoint.number == number
        has_line = line is not None and line[0] == number
        yield number, epoch if has_epoch else None, line[1] if line and has_line else None
        epoch = next(epochs, None) if has_epoch else epoch
        line = next(lines, None) if has_line else line


def _by_number(records: list[Record]) -> dict[int, bytes]:
    return {int.from_bytes(record[: store.NUMBER]): record for record in records}


class _Entries:
    """The entries of the snapshot in the order of the ledger, read as they come."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._stream = self._read(connection)
        self._waiting: tuple[int, Record] | None = None

    @staticmethod
    def _read(connection: psycopg.Connection) -> Iterator[tuple[int, Record]]:
        query = f"COPY ({encoding.SELECT} ORDER BY turn, id) TO STDOUT (FORMAT BINARY)"
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for row in encoding.rows(copy):
                turn, number = encoding.turn_and_id(row)
                yield turn, number.to_bytes(store.NUMBER) + sha256(b"\x00" + row).digest()

    def until(self, horizon: int) -> Iterator[Record]:
        """The entries of turns below the horizon that were not given yet."""
        while True:
            turn, record = self._waiting or next(self._stream, (END, b""))
            self._waiting = (turn, record)
            if turn >= horizon:
                return
            self._waiting = None
            yield record

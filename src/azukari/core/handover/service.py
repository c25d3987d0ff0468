"""The life of hand-overs, media and keys. Each step is one transaction with its line in the ledger.

Reading and writing hand-overs happens as the owner (commands, `using="owner"`) or, on the web role's connection, inside a
flow: the ward's register entry for officers, the contractor's own flow for its responsible people.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.psycopg_any import DateRange

from azukari.core.audit import api as audit
from azukari.core.handover.models import Handover
from azukari.core.handover.refusals import in_words
from azukari.core.handover.shown import card_of
from azukari.core.handover.types import OUT, Card, Kind, Late, Proposal, Stage
from azukari.core.policy.api import Actor, Place
from azukari.kernel.errors import BadInput, NotFound, Refused

By = Actor | str
ONE_DAY = timedelta(days=1)
LONGEST, LONGEST_HOW = 400, 200


def login_of(by: By) -> str:
    """Who acts, as it is written down: the login, or the command's `cli:user`."""
    return by if isinstance(by, str) else by.id


def propose(
    proposal: Proposal, *, over_reason: str = "", by: By, now: datetime, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Card:  # fmt: skip
    """Write a proposal down. Raises BadInput when the number told to the council is passed and no reason is given.

    Raises Refused for what the database does not allow: see `guards`.
    """
    if proposal.count.over and not over_reason.strip():
        raise BadInput(
            "諮問した件数を超えます。理由を書いてください。",
            proposal.count.reason,
            "超える理由を書いて、もう一度提案してください。",
        )
    with in_words(using):
        row = Handover.objects.using(using).create(
            source=proposal.source,
            batch=proposal.batch,
            flow=proposal.flow,
            consultation=proposal.consultation,
            kind=proposal.kind,
            medium_id=proposal.serial,
            recipient_id=proposal.recipient,
            contractor=proposal.contractor,
            receiver=proposal.receiver,
            place=proposal.place,
            place_words=proposal.place_words,
            term=DateRange(proposal.on, proposal.until + ONE_DAY),
            items=list(proposal.items),
            rows=proposal.rows,
            rows_sha256=proposal.rows_sha256,
            count_before=proposal.count.before,
            over_reason=fitting(over_reason, LONGEST, "理由") if proposal.count.over else "",
            ceremony_id=proposal.ceremony,
            proposed_by=login_of(by),
            proposed_at=now,
        )
        note(row, "proposed", by, place, using=using)
        row.refresh_from_db(using=using)
    return card_of(row)


def approve(key: int, *, by: By, now: datetime, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Card:
    """A second person says yes. Raises Refused for the proposer and for who has no account, NotFound."""
    with in_words(using):
        row = locked(key, using)
        if row.proposed_by == login_of(by):
            raise Refused(
                "提案した人は承認できません。",
                "渡してよいかは、必ず二人で確かめます。",
                "別の職員か責任者がサインインして承認してください。",
            )
        _expect(row, Stage.PROPOSED)
        row.approved_by, row.approved_at = login_of(by), now
        row.save(using=using, update_fields=["approved_by", "approved_at"])
        note(row, "approved", by, place, using=using)
    return card_of(row)


def cancel(key: int, *, by: By, now: datetime, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Card:
    """End it before anything left. Raises Refused once it was handed over, NotFound."""
    with in_words(using):
        row = locked(key, using)
        _expect(row, Stage.PROPOSED, Stage.APPROVED)
        row.cancelled_by, row.cancelled_at = login_of(by), now
        row.save(using=using, update_fields=["cancelled_by", "cancelled_at"])
        note(row, "cancelled", by, place, using=using)
    return card_of(row)


def opened(
    key: int, *, by: By, now: datetime, receipt: str | None = None, pages: int | None = None,
    subjects: Iterable[int] = (), place: Place | None = None, using: str = DEFAULT_DB_ALIAS,
) -> Card:  # fmt: skip
    """The contractor has it: by the receipt number, which only the opened container tells, or by counted pages."""
    with in_words(using):
        row = locked(key, using)
        _expect(row, Stage.WRITTEN)
        row.opened_by, row.opened_at = login_of(by), now
        row.receipt = _number(receipt) if Kind(row.kind).sealed else None
        row.pages_received = None if Kind(row.kind).sealed else _pages(pages)
        row.save(using=using, update_fields=["opened_by", "opened_at", "receipt", "pages_received"])
        note(row, "received", by, place, subjects, using=using)
    return card_of(row)


def used(key: int, *, by: By, on: date, place: Place | None = None, using: str = DEFAULT_DB_ALIAS) -> Card:
    """The contractor has done its work with it and erased its own copies, on `on`."""
    with in_words(using):
        row = locked(key, using)
        _expect(row, Stage.OPENED)
        row.used_by, row.used_on = login_of(by), on
        row.save(using=using, update_fields=["used_by", "used_on"])
        note(row, "used", by, place, using=using)
    return card_of(row)


def returned(
    key: int, *, by: By, on: date, pages: int | None = None, remark: str = "", subjects: Iterable[int] = (),
    place: Place | None = None, using: str = DEFAULT_DB_ALIAS,
) -> Card:  # fmt: skip
    """It is back at the ward, on `on`; paper with its pages counted, and a remark where some are missing."""
    with in_words(using):
        row = locked(key, using)
        _expect(row, *OUT)
        if not Kind(row.kind).returns:
            raise Refused(
                "ファクシミリは返却できません。",
                "届いた紙は委託先にあります。",
                "委託先で消去（裁断）したことを、消去として記録してください。",
            )
        row.returned_by, row.returned_on = login_of(by), on
        row.note = fitting(remark, LONGEST, "気づいたこと") or None
        row.pages_back = None if Kind(row.kind).sealed else _pages(pages)
        row.save(using=using, update_fields=["returned_by", "returned_on", "pages_back", "note"])
        note(row, "returned", by, place, subjects, using=using)
    return card_of(row)


def erased(
    key: int, *, by: By, on: date, how: str, subjects: Iterable[int] = (), place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Card:  # fmt: skip
    """What was on it is gone for good, on `on`, in the way `how` says. The certificate is `papers.erasure`."""
    if not how.strip():
        raise BadInput(
            "消去の方法がありません。", "証明書に書く内容です。", "上書き消去、裁断など、方法を書いてください。"
        )
    with in_words(using):
        row = locked(key, using)
        _expect(row, *OUT, Stage.RETURNED)
        row.erased_by, row.erased_on, row.erased_how = login_of(by), on, fitting(how, LONGEST_HOW, "方法")
        row.save(using=using, update_fields=["erased_by", "erased_on", "erased_how"])
        note(row, "erased", by, place, subjects, using=using)
    return card_of(row)


def find(key: int, *, using: str = DEFAULT_DB_ALIAS) -> Card:
    """One hand-over. Raises NotFound, also for one that the flow entered does not see."""
    row = Handover.objects.using(using).filter(pk=key).first()
    if row is None:
        raise unknown(key)
    return card_of(row)


def listing(*, using: str = DEFAULT_DB_ALIAS) -> list[Card]:
    """Every hand-over that may be seen here, the newest first."""
    return [card_of(row) for row in Handover.objects.using(using).order_by("-pk")]


def late(on: date) -> list[Late]:
    """What should have come back before that day, the longest late first. Also outside every flow."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT id, flow, contractor, kind, due FROM public.handover_late(%s) ORDER BY due, id", [on])
        return [Late(key, flow, contractor, Kind(kind), due) for key, flow, contractor, kind, due in cursor.fetchall()]


def subjects_of(ledger: int | None, action: str = "handover.sent") -> tuple[int, ...]:
    """Whose items left, from the ledger's line about it. Needs to be outside every flow."""
    if ledger is None:
        return ()
    lines = audit.search(action=action, before=ledger + 1, limit=1).lines
    return lines[0].subjects if lines and lines[0].id == ledger else ()


def locked(key: int, using: str) -> Handover:
    """The row, for this transaction alone. Raises NotFound."""
    row = Handover.objects.using(using).select_for_update().filter(pk=key).first()
    if row is None:
        raise unknown(key)
    return row


def unknown(key: int) -> NotFound:
    """No such hand-over, or none for who asks."""
    return NotFound(f"授受 {key} はありません。", "番号が違います。", "./azukari handover list で確かめてください。")


def note(row: Handover, what: str, by: By, place: Place | None, subjects: Iterable[int] = (), *, using: str) -> int:
    """The ledger's line about a step; its number."""
    return audit.record(
        f"handover.{what}",
        actor=by,
        place=place,
        flow=row.flow,
        items=row.items,
        subjects=subjects,
        medium=row.kind,
        detail={"handover": row.pk, "rows": row.rows},
        using=using,
    )


def fitting(text: str, most: int, what: str) -> str:
    """A text without blanks around it, of one line that the record has room for. Raises BadInput."""
    text = " ".join(text.split())
    if len(text) > most or not text.isprintable():
        raise BadInput(
            f"{what}が書けません。", f"{most}文字より長いか、見えない文字があります。", "短い言葉で書いてください。"
        )
    return text


def _expect(row: Handover, *stages: Stage) -> None:
    now = card_of(row).stage
    if now not in stages:
        raise Refused(
            f"授受 {row.pk} は、いま「{now}」の段階です。",
            f"これは「{'」「'.join(stages)}」の段階でできます。",
            "画面か ./azukari handover list で、いまの段階を確かめてください。",
        )


def _number(text: str | None) -> str:
    """A receipt number as it is kept: four groups of four."""
    digits = "".join((text or "").upper().replace("-", "").split())
    if len(digits) != 16 or not digits.isascii() or not digits.isalnum():
        raise BadInput(
            "受領番号が読めません。",
            "4文字ずつ4組の番号です (例 0A1B-2C3D-4E5F-6071)。",
            "容器を開いたときに表示された番号か、receipt.json を使ってください。",
        )
    return "-".join(digits[at : at + 4] for at in range(0, 16, 4))


def _pages(pages: int | None) -> int:
    if pages is None or pages < 0:
        raise BadInput(
            "枚数がありません。", "紙は枚数を数えて渡し、数えて受け取ります。", "数えた枚数を入力してください。"
        )
    return pages

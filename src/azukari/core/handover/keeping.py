"""The register of media, and the contractors' public keys."""

from __future__ import annotations

import re
from datetime import date

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from azukari.core.audit import api as audit
from azukari.core.handover.models import Medium, Recipient
from azukari.core.handover.refusals import in_words
from azukari.core.handover.service import By
from azukari.core.handover.shown import medium_card, recipient_card
from azukari.core.handover.types import Kind, MediumCard, RecipientCard
from azukari.core.policy.api import Place
from azukari.kernel import container
from azukari.kernel.errors import BadInput, NotFound, Refused

ENDS = ("廃棄", "紛失")
SERIAL = re.compile(r"[0-9A-Za-z-]{1,40}")
LONGEST_NAME = 200


def add_medium(
    serial: str, kind: Kind, contractor: str, *, since: date, by: By, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> MediumCard:  # fmt: skip
    """Put one USBメモリ or CD-R into the register, for one contractor. Raises BadInput."""
    if not kind.sealed or not 0 < len(contractor.strip()) <= LONGEST_NAME or not SERIAL.fullmatch(serial):
        raise BadInput(
            "この媒体は登録できません。",
            "登録するのは、委託先の決まった USBメモリと CD-R です。",
            "種類と委託先を確かめてください。",
        )
    try:
        with transaction.atomic(using=using):
            row = Medium.objects.using(using).create(
                serial=serial, kind=kind, contractor=contractor.strip(), since=since
            )
            _note("medium", by, place, using)
    except IntegrityError as error:
        raise BadInput(
            f"媒体 {serial!r} は登録できません。",
            "同じ番号がもうあります。",
            "媒体に貼った番号を確かめてください。",
        ) from error
    return medium_card(row, {})


def end_medium(
    serial: str, why: str, *, on: date, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS
) -> MediumCard:
    """Give a medium up (廃棄) or report it lost (紛失). Raises BadInput, NotFound; Refused while a hand-over has it."""
    if why not in ENDS:
        raise BadInput(f"{why!r} は選べません。", f"選べるのは{'か'.join(ENDS)}です。", "どちらかを指定してください。")
    with in_words(using):
        row = Medium.objects.using(using).select_for_update().filter(pk=serial, ended_on=None).first()
        if row is None:
            raise NotFound(
                f"媒体 {serial!r} はありません。", "登録がないか、もう使えません。", "媒体の一覧を確かめてください。"
            )
        if why == ENDS[0] and (held := holders().get(serial)):
            raise Refused(
                f"媒体 {serial} は廃棄できません。",
                f"授受 {held} に使われています。",
                "返却と消去を先に記録してください。",
            )
        row.ended_on, row.ended_why = on, why
        row.save(using=using, update_fields=["ended_on", "ended_why"])
        _note("medium", by, place, using)
    return medium_card(row, holders())


def media(*, using: str = DEFAULT_DB_ALIAS) -> list[MediumCard]:
    """Every medium there is or was, by contractor and serial."""
    held = holders()
    return [medium_card(row, held) for row in Medium.objects.using(using).order_by("contractor", "serial")]


def holders() -> dict[str, int]:
    """Which hand-over has which medium now. Also outside every flow."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT serial, id FROM public.handover_holders()")
        return dict(cursor.fetchall())


def add_recipient(
    key: str, contractor: str, *, since: date, until: date | None = None, by: By, place: Place | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> RecipientCard:  # fmt: skip
    """Write containers for a contractor to this public key, for `since <= day < until`. Raises BadInput, Refused."""
    container.check_recipient(key)
    if not 0 < len(contractor.strip()) <= LONGEST_NAME or (until is not None and until <= since):
        raise BadInput("公開鍵を登録できません。", "委託先がないか、期間が空です。", "委託先と期間を確かめてください。")
    if Recipient.objects.using(using).filter(pk=key).exists():
        raise BadInput(
            "その公開鍵は、もう登録されています。", "一つの鍵は一度だけ登録します。", "公開鍵の一覧を確かめてください。"
        )
    with in_words(using):
        row = Recipient.objects.using(using).create(
            key=key, contractor=contractor.strip(), valid=DateRange(since, until)
        )
        _note("recipient", by, place, using)
        row.refresh_from_db(using=using)
    return recipient_card(row)


def end_recipient(
    key: str, *, on: date, by: By, place: Place | None = None, using: str = DEFAULT_DB_ALIAS
) -> RecipientCard:
    """No container is written to this key from that day on. Raises NotFound; Refused while a term reaches beyond it."""
    with in_words(using):
        row = Recipient.objects.using(using).select_for_update().filter(pk=key, valid__contains=on).first()
        if row is None or row.valid.lower == on:
            raise NotFound(
                "その公開鍵はありません。", "その日に有効な鍵ではありません。", "公開鍵の一覧を確かめてください。"
            )
        row.valid = DateRange(row.valid.lower, on)
        row.save(using=using, update_fields=["valid"])
        _note("recipient", by, place, using)
    return recipient_card(row)


def recipients(*, using: str = DEFAULT_DB_ALIAS) -> list[RecipientCard]:
    """Every public key, by contractor, the newest first."""
    rows = Recipient.objects.using(using).order_by("contractor", "-valid")
    return [recipient_card(row) for row in rows]


def _note(what: str, by: By, place: Place | None, using: str) -> None:
    audit.record(f"handover.{what}", actor=by, place=place, using=using)

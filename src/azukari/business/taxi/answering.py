"""Answers of the companies to a 差異通知: what they say about a held voucher, and what the ward decides.

A settled month stays as it is. What is paid after all is a signed line of a later settlement, and it takes the
voucher's number like any payment: PostgreSQL refuses one that was paid before. Used within a flow that was entered.
"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from azukari.business.taxi.checking import grounds
from azukari.business.taxi.models import Answer, AnswerSeen, PaymentLineSeen, PayVoucherSeen
from azukari.business.taxi.types import AnswerResult, Ground, Outcome
from azukari.kernel.errors import BadInput, Refused

CORRECT = """
INSERT INTO taxi_correction (company_id, voucher_id, amount, ground, made_on, by) VALUES (%s, %s, %s, %s, %s, %s)"""


def answerable(batch: int | None = None) -> QuerySet[PayVoucherSeen]:
    """Held vouchers of settled claims: those an answer can settle."""
    settled = PaymentLineSeen.objects.values("batch_id")
    rows = PayVoucherSeen.objects.filter(outcome=Outcome.HELD.value, grounds__gt=0, batch_id__in=settled)
    return rows if batch is None else rows.filter(batch_id=batch)


def receive_answer(voucher: int, *, on: date, serial: int | None, by: str) -> None:
    """Note that the company answered. `serial` is the number as it reads it, where ours could not be read.

    Raises Refused when the voucher is not held in a settled claim, or was answered before.
    """
    if not answerable().filter(pk=voucher).exists():
        raise Refused(
            "この券の回答は受け付けられません。",
            "支払の確定した月の、保留の券だけが対象です。",
            "番号と月を確かめてください。",
        )
    if AnswerSeen.objects.filter(voucher_id=voucher).exists():
        raise Refused("この券の回答は、受け付け済みです。", "回答は一枚に一度です。", "前の回答を確かめてください。")
    Answer.objects.create(voucher_id=voucher, received_on=on, serial=serial, by=by)


def decide_answer(voucher: int, result: AnswerResult, *, amount: int, on: date, by: str) -> None:
    """Decide on an answer. To pay makes a correction of `amount` yen for the next settlement.

    Raises Refused without an open answer, BadInput for an amount that is not above 0 or above the face value, and
    Refused when the voucher's number cannot be read or was paid before; then nothing is changed.
    """
    row = answerable().select_related("batch__company").filter(pk=voucher).first()
    if row is None or not AnswerSeen.objects.filter(voucher_id=voucher, result="").exists():
        raise Refused("決める回答がありません。", "回答がないか、すでに決まっています。", "画面を開き直してください。")
    if result is AnswerResult.PAID and not 0 < amount <= row.denomination:
        raise BadInput(
            "支払う額が正しくありません。",
            f"1円から券面額の{row.denomination:,}円までです。",
            "額を入れ直してください。",
        )
    try:
        with transaction.atomic():
            Answer.objects.filter(voucher_id=voucher, result="").update(result=result.value, decided_on=on, by=by)
            if result is AnswerResult.PAID:
                _correct(row, amount, on, by)
    except IntegrityError as error:
        raise Refused(
            "この券は支払えません。",
            "番号が読めないままか、同じ番号の券がすでに支払われています。",
            "事業者に番号を確かめるか、「支払わない」を選んでください。",
        ) from error


def _correct(row: PayVoucherSeen, amount: int, on: date, by: str) -> None:
    """Which settlement takes it is the settlement's to write, so that column is left out."""
    ground = grounds.first_of(row.grounds) or Ground.QUERIED
    with connection.cursor() as cursor:
        cursor.execute(CORRECT, [row.batch.company_id, row.pk, amount, ground.value, on, by])

"""What an officer does to one intention or donation. Each is one transaction, one event, one line of the ledger.

Called inside the ward's own entry. Nothing is deleted: what is ended stays, with the day and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import DEFAULT_DB_ALIAS, transaction
from django.utils import timezone

from azukari.business.donations import rules
from azukari.business.donations.models import Certificate, Donation, Event, Form, Intention
from azukari.business.donations.reading import Row
from azukari.business.donations.storing import alone, donors_of, holds_of, name_of
from azukari.business.donations.types import ENDS, EventKind, Method, VoidGround, Why
from azukari.core.people.api import search_key
from azukari.core.policy.types import Actor
from azukari.kernel.errors import BadInput, Refused

Record = Intention | Donation


@dataclass(frozen=True, slots=True)
class Acting:
    """Who does it, on which day, over which connection."""

    by: Actor | str
    on: date
    using: str = DEFAULT_DB_ALIAS


def settle(acting: Acting, key: int, day: date) -> None:
    """入金確認: the ward has the money since that day. Raises BadInput before 寄附日, Refused when it is known already."""
    with transaction.atomic(using=acting.using):
        donation = _donation(acting, key)
        if donation.settled_on is not None:
            raise Refused("入金は確認済みです。", "確認は一度です。", "確認した日を、画面で確かめてください。")
        _not_before(day, donation.donated_on, "寄附日")
        donation.settled_on = day
        donation.save(update_fields=["settled_on"])
        _happened(acting, donation, EventKind.SETTLED, day)


def end(acting: Acting, record: Record, kind: EventKind, why: Why, day: date) -> None:
    """取消 or 還付. Letters that were not handed over leave their batch. Raises Refused when it had ended before."""
    with transaction.atomic(using=acting.using):
        alone(acting.using)
        if Event.objects.using(acting.using).filter(**_of(record), kind__in=[one.value for one in ENDS]).exists():
            raise Refused("すでに取り消したか、還付しています。", "一度だけできます。", "経過を確かめてください。")
        if kind is EventKind.REFUNDED and not (isinstance(record, Donation) and record.settled_on):
            raise Refused(
                "入金が確認されていないので、還付できません。", "返すお金がありません。", "取消を選んでください。"
            )
        _happened(acting, record, kind, day, why)


def end_donation(acting: Acting, key: int, kind: EventKind, why: Why, day: date) -> None:
    """The same for a donation by its key."""
    with transaction.atomic(using=acting.using):
        end(acting, _donation(acting, key), kind, why, day)


def take_out(acting: Acting, record: Record) -> None:
    """Take its letter out of a batch that was not handed over; it is due again. Raises Refused when it is in none."""
    with transaction.atomic(using=acting.using):
        alone(acting.using)
        open_lines = record.lines.using(acting.using).filter(withdrawn_on=None, batch__handed_over_on=None)
        if not open_lines.update(withdrawn_on=acting.on):
            raise Refused(
                "抜ける手紙がありません。", "束に入っていないか、もう引き渡しています。", "経過を確かめてください。"
            )


def correct(acting: Acting, record: Record, name: str, postcode: str, address: str, why: Why) -> None:
    """記載の訂正: the donor said how it is right. What stops the letter is looked at again. Raises BadInput for a resident's gift."""
    with transaction.atomic(using=acting.using):
        alone(acting.using)
        if isinstance(record, Donation) and record.gift and (error := rules.gift_error(address, None, designated=True)):
            raise error
        row = replace(_row(record), name=name, postcode=postcode, address=address)
        donors, [hold] = donors_of([row], acting.using), holds_of([row])
        record.name, record.postcode, record.address, record.hold = name, postcode, address, hold
        record.in_ward = rules.in_ward(address)
        record.search_key = search_key(name, record.kana)
        record.donor_id = donors[rules.donor_mark(name, address)]
        record.save(
            using=acting.using,
            update_fields=["name", "postcode", "address", "hold", "in_ward", "search_key", "donor_id"],
        )
        _happened(acting, record, EventKind.CORRECTED, acting.on, why)


def receive_form(acting: Acting, key: int, day: date, bodies: int | None) -> Form:
    """申請書の受付. One that came late, or declares more than five bodies, is void from that day. Raises Refused for a second."""
    with transaction.atomic(using=acting.using):
        donation = _donation(acting, key)
        if Form.objects.using(acting.using).filter(donation=donation).exists():
            raise Refused(
                "申請書は受け付けています。", "寄附一件に一枚です。", "ほかの寄附の申請書か、確かめてください。"
            )
        _not_before(day, donation.donated_on, "寄附日")
        timely = rules.in_time(day, donation.year)
        ground = _ground(timely, bodies)
        form = Form.objects.using(acting.using).create(
            donation=donation,
            year=donation.year,
            received_on=day,
            in_time=timely,
            bodies=bodies,
            void_on=day if ground else None,
            void_ground=ground.value if ground else "",
        )
        _happened(acting, donation, EventKind.FORM, day)
        if ground:
            _happened(acting, donation, EventKind.VOID, day)
    return form


def _ground(timely: bool, bodies: int | None) -> VoidGround | None:
    if not timely:
        return VoidGround.LATE
    return VoidGround.BODIES if bodies is not None and rules.too_many_bodies(bodies) else None


def change_form(acting: Acting, key: int, day: date) -> None:
    """申請事項変更届出書 (第55号の6様式) arrived. Raises Refused after 10 January, and without a form."""
    with transaction.atomic(using=acting.using):
        form = _form(acting, key)
        _not_before(day, form.received_on, "申請書の受付日")
        if not rules.in_time(day, form.year):
            raise Refused(
                "変更届の期限を過ぎています。",
                f"{rules.form_deadline(form.year):%Y-%m-%d} までに届いたものを受け付けます。",
                "1月1日の住所が違うときは、みなし無効として寄附者に知らせてください。",
            )
        form.changed_on = day
        form.save(using=acting.using, update_fields=["changed_on"])
        _happened(acting, form.donation, EventKind.CHANGED, day)


def void_form(acting: Acting, key: int, ground: VoidGround, day: date) -> None:
    """みなし無効: the application counts as not made. Raises Refused when it does already."""
    with transaction.atomic(using=acting.using):
        form = _form(acting, key)
        if form.void_ground:
            raise Refused("すでに無効です。", f"{form.void_ground}ためです。", "経過を確かめてください。")
        _not_before(day, form.received_on, "申請書の受付日")
        form.void_on, form.void_ground = day, ground.value
        form.save(using=acting.using, update_fields=["void_on", "void_ground"])
        _happened(acting, form.donation, EventKind.VOID, day)


def tell_void(acting: Acting, key: int, day: date) -> None:
    """The donor was told that the application is void. Raises Refused when it is not."""
    with transaction.atomic(using=acting.using):
        form = _form(acting, key)
        if form.void_on is None:
            raise Refused(
                "この申請は無効ではありません。", "知らせることがありません。", "先に、みなし無効を記録してください。"
            )
        _not_before(day, form.void_on, "無効の日")
        form.told_on = day
        form.save(using=acting.using, update_fields=["told_on"])
        _happened(acting, form.donation, EventKind.TOLD, day)


def reissue(acting: Acting, key: int, why: Why, day: date) -> Certificate:
    """再発行 of the 受領証明書, under its first number. Raises Refused where none was issued, or it has ended."""
    with transaction.atomic(using=acting.using):
        alone(acting.using)
        donation = _donation(acting, key)
        issued = list(Certificate.objects.using(acting.using).filter(donation=donation).order_by("copy"))
        if not issued:
            raise Refused(
                "受領証明書をまだ発行していません。",
                "再発行は、発行したものだけにできます。",
                "礼状の束を作ってください。",
            )
        if donation.events.filter(kind__in=[one.value for one in ENDS]).exists():
            raise Refused("取り消したか還付した寄附です。", "受領を証明できません。", "経過を確かめてください。")
        _not_before(day, issued[-1].issued_on, "前の発行日")
        copy = Certificate.objects.using(acting.using).create(
            donation=donation, number=issued[0].number, copy=issued[-1].copy + 1, issued_on=day
        )
        _happened(acting, donation, EventKind.REISSUED, day, why)
    return copy


def _donation(acting: Acting, key: int) -> Donation:
    return Donation.objects.using(acting.using).select_for_update().get(pk=key)


def _form(acting: Acting, key: int) -> Form:
    form = Form.objects.using(acting.using).select_for_update(of=("self",)).select_related("donation")
    found = form.filter(donation_id=key).first()
    if found is None:
        raise Refused(
            "申請書を受け付けていません。", "寄附一件ごとに申請書が要ります。", "先に、申請書の受付を記録してください。"
        )
    return found


def _not_before(day: date, first: date, what: str) -> None:
    if day < first:
        raise BadInput(f"{what}より前の日付です。", f"{what}は {first:%Y-%m-%d} です。", "日付を確かめてください。")


def _of(record: Record) -> dict[str, int]:
    return {"donation_id" if isinstance(record, Donation) else "intention_id": record.pk}


def _happened(acting: Acting, record: Record, kind: EventKind, day: date, why: Why | None = None) -> None:
    if day > acting.on:
        raise BadInput("先の日付です。", f"今日は {acting.on:%Y-%m-%d} です。", "日付を確かめてください。")
    Event.objects.using(acting.using).create(
        **_of(record), kind=kind.value, why=why.value if why else "", on=day, at=timezone.now(), by=name_of(acting.by)
    )


def _row(record: Record) -> Row:
    """The record as it would be read again."""
    paid = record if isinstance(record, Donation) else None
    return Row(
        line=None,
        source=record.source,
        number=record.number,
        name=record.name,
        kana=record.kana,
        postcode=record.postcode,
        address=record.address,
        phone=record.phone,
        email=record.email,
        use=record.use,
        amount=record.amount,
        method=Method(record.method),
        applied_on=record.applied_on,
        paid_at=paid.paid_at if paid else None,
        paid_on=paid.paid_on if paid else None,
        arrived_on=paid.arrived_on if paid else None,
        donated_on=paid.donated_on if paid else None,
        settled_on=paid.settled_on if paid else None,
        intention=None,
        one_stop=paid.one_stop if paid else False,
        gift=paid.gift if paid else False,
        gift_kind=paid.gift_kind if paid else "",
        gift_name=paid.gift_name if paid else "",
        gift_address=paid.gift_address if paid else "",
    )

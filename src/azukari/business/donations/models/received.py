"""What arrived: files, donors, who wishes to give, who gave, and what happened afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from azukari.business.donations.models.checks import one_of
from azukari.business.donations.types import (
    DONATIONS,
    ENDS,
    GIFT_ITEM,
    INTENTION_FLOW,
    INTENTIONS,
    ONE_STOP_ITEM,
    PAYMENT_FLOW,
    WARD_ENTRY,
    EventKind,
    Method,
    VoidGround,
    Why,
)
from azukari.core.policy.types import Holds

MOST_YEN = 999_999_999
STATE_ITEM, FORM_ITEM = "寄附の状態", "ワンストップ特例の申請"
# What both groups hold of a donor. What only the ward's own entry lists (kana, telephone …) reaches no contractor.
SHARED_ITEMS = {
    "number": "受付番号",
    "name": "氏名",
    "kana": "氏名のフリガナ",
    "search_key": "氏名のフリガナ",
    "postcode": "住所",
    "address": "住所",
    "in_ward": "区内・区外の別",
    "phone": "電話番号",
    "email": "メールアドレス",
    "use": "希望する寄附金の使途",
    "amount": "寄附金額",
    "method": "納付方法",
    "applied_on": "申込日",
    "hold": "印刷できない文字",
}
SHARED_FACTS = ("arrival", "line", "source", "donor", "contractor")
GIFT_FIELDS = ("gift", "gift_kind", "gift_name", "gift_address")
PAYMENT_ITEMS = {
    "paid_at": "納付の日時",
    "paid_on": "納付の日時",
    "arrived_on": "納付の日時",
    "donated_on": "寄附日",
    "year": "寄附日",
    "settled_on": "入金確認日",
    "one_stop": ONE_STOP_ITEM,
    **dict.fromkeys(GIFT_FIELDS, GIFT_ITEM),
}


class Arrival(models.Model):
    """A file that was taken, once ever: its SHA-256 is its key. Its bytes lie in the store of originals."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    layout = models.CharField(max_length=40)
    read_as = models.CharField(max_length=40)
    taken_at = models.DateTimeField()
    by = models.CharField(max_length=40)
    rows = models.PositiveIntegerField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "sha256", "name", "size", "layout", "read_as", "taken_at", "by", "rows"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("sha256", "name", "size", "layout", "read_as", "taken_at", "by", "rows")},
    )

    def __str__(self) -> str:
        return self.sha256[:12]


class Donor(models.Model):
    """One 本人 who gives: everybody of the same name at the same address (`rules.donor_mark`)."""

    outsider = models.OneToOneField("people.Outsider", on_delete=models.PROTECT, primary_key=True, related_name="+")
    mark = models.CharField(max_length=64, unique=True)

    holds: ClassVar[Holds] = Holds(
        items={"mark": "氏名"},
        facts=("outsider",),
        flows=(WARD_ENTRY,),
        subject="outsider",
        writes={WARD_ENTRY: ("outsider", "mark")},
    )

    def __str__(self) -> str:
        return f"寄附者 {self.pk}"


class Shared(models.Model):
    """What both groups hold. Name and address stand exactly as the donor wrote them.

    `arrival` and `line` say where the row came from, None when it was keyed. `number` is the portal's own, unique within
    `source`. `hold` says why no letter can be printed, "" when one can. Blank entries are "" or None.
    """

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="+", null=True)
    line = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=40, default="")
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80, default="")
    name = models.TextField()
    kana = models.TextField(default="")
    search_key = models.TextField()
    postcode = models.CharField(max_length=7, default="")
    address = models.TextField()
    in_ward = models.BooleanField()
    phone = models.CharField(max_length=20, default="")
    email = models.CharField(max_length=254, default="")
    use = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    method = models.CharField(max_length=10)
    applied_on = models.DateField(null=True)
    hold = models.TextField(default="")

    holds: ClassVar[Holds] = Holds()

    class Meta:
        abstract = True


def _shared_checks(name: str) -> list[models.BaseConstraint]:
    return [
        one_of("method", Method, f"{name}_method"),
        models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_YEN), name=f"{name}_amount"),
        models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name=f"{name}_can_be_addressed"),
        models.CheckConstraint(condition=Q(postcode__regex="^([0-9]{7})?$"), name=f"{name}_postcode"),
        models.UniqueConstraint(fields=["source", "number"], condition=~Q(number=""), name=f"{name}_once"),
    ]


class Intention(Shared):
    """寄附申込 by 納付書 or 口座払い: 諮問第813号 納付希望者, about 900 件 a year."""

    holds: ClassVar[Holds] = Holds(
        items=SHARED_ITEMS,
        facts=("id", *SHARED_FACTS),
        flows=(INTENTION_FLOW, WARD_ENTRY),
        subject="donor",
        contractor="contractor",
        writes={WARD_ENTRY: (*SHARED_ITEMS, *SHARED_FACTS)},
    )

    class Meta:
        db_table = INTENTIONS
        constraints: ClassVar = [
            *_shared_checks("donations_intention"),
            models.CheckConstraint(
                condition=Q(method__in=[Method.SLIP.value, Method.TRANSFER.value], applied_on__isnull=False),
                name="donations_intention_is_applied_for",
            ),
        ]

    def __str__(self) -> str:
        return f"申込み {self.pk}"


class Donation(Shared):
    """寄附: 諮問第813号 納付者, about 1,500 件 a year. `intention` is the one it pays, if any.

    `paid_on` is the day in Tokyo of `paid_at` where the instant is known. `donated_on` (寄附日) follows from the way of
    payment, `year` from it; `settled_on` is when the ward had the money. Migration 0002 works all of them out once more.
    """

    intention = models.OneToOneField(Intention, on_delete=models.PROTECT, related_name="payment", null=True)
    paid_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    arrived_on = models.DateField(null=True)
    donated_on = models.DateField()
    year = models.PositiveSmallIntegerField()
    settled_on = models.DateField(null=True)
    one_stop = models.BooleanField()
    gift = models.BooleanField()
    gift_kind = models.CharField(max_length=80, default="")
    gift_name = models.TextField(default="")
    gift_address = models.TextField(default="")

    holds: ClassVar[Holds] = Holds(
        items={**SHARED_ITEMS, **PAYMENT_ITEMS},
        facts=("id", "intention", *SHARED_FACTS),
        flows=(PAYMENT_FLOW, WARD_ENTRY),
        subject="donor",
        contractor="contractor",
        writes={WARD_ENTRY: (*SHARED_ITEMS, *PAYMENT_ITEMS, "intention", *SHARED_FACTS)},
    )

    class Meta:
        db_table = DONATIONS
        constraints: ClassVar = [
            *_shared_checks("donations_donation"),
            models.UniqueConstraint(fields=["id", "year"], name="donations_donation_of_a_year"),
            models.CheckConstraint(
                condition=Q(gift=True) & ~Q(gift_kind="") | Q(gift=False, gift_kind="", gift_name="", gift_address=""),
                name="donations_donation_gift_is_all_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(gift_name="", gift_address="") | ~Q(gift_name="") & ~Q(gift_address=""),
                name="donations_donation_gift_goes_somewhere",
            ),
            models.CheckConstraint(condition=~Q(gift=True, in_ward=True), name="donations_donation_no_gift_in_ward"),
            models.CheckConstraint(
                condition=Q(settled_on=None) | Q(settled_on__gte=F("donated_on")),
                name="donations_donation_settled_after_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"寄附 {self.pk}"


class Event(models.Model):
    """Something that happened to one intention or one donation on a day. Kept for good (a trigger of migration 0002)."""

    intention = models.ForeignKey(Intention, on_delete=models.PROTECT, related_name="events", null=True)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="events", null=True)
    kind = models.CharField(max_length=10)
    why = models.CharField(max_length=12, default="")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        items={"kind": STATE_ITEM, "why": STATE_ITEM, "on": STATE_ITEM},
        facts=("id", "intention", "donation", "at", "by"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("intention", "donation", "kind", "why", "on", "at", "by")},
    )

    class Meta:
        constraints: ClassVar = [
            one_of("kind", EventKind, "donations_event_kind"),
            one_of("why", Why, "donations_event_why", blank=True),
            models.CheckConstraint(
                condition=Q(intention=None, donation__isnull=False) | Q(intention__isnull=False, donation=None),
                name="donations_event_is_of_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=[of], condition=Q(kind__in=[end.value for end in ENDS]), name=f"donations_{of}_ends_once"
                )
                for of in ("intention", "donation")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"


class Form(models.Model):
    """申告特例申請書 of one donation (one a donation, also for a second donation to the ward), and what became of it.

    `in_time`: arrived by 10 January of the next year. `bodies` is how many bodies the donor declares to have applied to
    (5 and less are well), None when it is not said. `changed_on` is the day 第55号の6様式 arrived.
    """

    donation = models.OneToOneField(Donation, on_delete=models.PROTECT, related_name="form")
    year = models.PositiveSmallIntegerField()
    received_on = models.DateField()
    in_time = models.BooleanField()
    bodies = models.PositiveSmallIntegerField(null=True)
    changed_on = models.DateField(null=True)
    void_on = models.DateField(null=True)
    void_ground = models.CharField(max_length=40, default="")
    told_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items=dict.fromkeys(
            ("received_on", "in_time", "bodies", "changed_on", "void_on", "void_ground", "told_on"), FORM_ITEM
        ),
        facts=("id", "donation", "year"),
        flows=(WARD_ENTRY,),
        writes={
            WARD_ENTRY: (
                *("donation", "year", "received_on", "in_time", "bodies"),
                *("changed_on", "void_on", "void_ground", "told_on"),
            )
        },
    )

    class Meta:
        constraints: ClassVar = [
            one_of("void_ground", VoidGround, "donations_form_void_ground", blank=True),
            models.CheckConstraint(
                condition=Q(void_on=None, void_ground="") | Q(void_on__isnull=False) & ~Q(void_ground=""),
                name="donations_form_void_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(told_on=None) | Q(void_on__isnull=False, told_on__gte=F("void_on")),
                name="donations_form_told_after_void",
            ),
            models.CheckConstraint(
                condition=Q(bodies=None) | Q(bodies__lte=5) | ~Q(void_ground=""),
                name="donations_form_five_bodies",
            ),
            models.CheckConstraint(condition=Q(in_time=True) | ~Q(void_ground=""), name="donations_form_late_is_void"),
        ]

    def __str__(self) -> str:
        return f"申請書 {self.pk}"

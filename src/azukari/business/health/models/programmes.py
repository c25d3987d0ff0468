"""Lists of the programmes, who was handed of them under which flow, and the calls that were made (諮問809 §2, §5).

Keys of personal rows are drawn at random: nobody who was left out leaves a gap. Who may not be handed at all is
PostgreSQL's to decide (migration 0021): such a row is never kept, whoever writes it.
"""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q

from azukari.business.health.programmes.types import HAND_ENTRY, CallResult, Channel, LetterKind, Programme
from azukari.business.health.types import CALLS, GUIDANCE, LETTERS, VISITS, WARD_ENTRY
from azukari.core.policy.types import Holds

PERSON_ITEMS = {"name": "氏名", "address": "住所", "sex": "性別", "born": "生年月日"}
HANDED_FACTS = ("id", "handing", "contractor", "person")
TICKETS = {
    "ticket": "特定健康診査受診券整理番号",
    "guidance_ticket": "特定保健指導利用券整理番号",
    "guidance_until": "特定保健指導利用券有効期限",
    "cancer_ticket": "がん検診整理番号",
}
CHECKED = {"checked_on": "診査年月日", "results": "受診結果", "answers": "問診結果"}
CALL_ITEMS = {
    **PERSON_ITEMS,
    **TICKETS,
    **CHECKED,
    "guidance_level": "特定保健指導区分",
    "phone": "電話番号",
    "household": "同一世帯フラグ",
    "history": "特定保健指導利用履歴",
}
VISIT_ITEMS = {
    **PERSON_ITEMS,
    "phone": "電話番号",
    "receipts": "レセプトデータ",
    "number": "被保険者識別番号",
    "care_level": "保健指導区分",
}
LETTER_ITEMS = {**PERSON_ITEMS, "ticket": TICKETS["ticket"], "symbol": "被保険者証記号番号"}


def random_key() -> int:
    """A key of 62 bits that says nothing of when or after whom."""
    return secrets.randbelow(2**62) + 1


class Issued(models.Model):
    """What the ward sent a person for a fiscal year, and the telephone number the person gave the ward (資格の届出)."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    ticket = models.CharField(max_length=11, default="")
    guidance_ticket = models.CharField(max_length=11, default="")
    guidance_until = models.DateField(null=True)
    cancer_ticket = models.CharField(max_length=12, default="")
    phone = models.CharField(max_length=20, default="")
    symbol = models.CharField(max_length=40, default="")
    number = models.CharField(max_length=20, default="")

    holds: ClassVar[Holds] = Holds(
        items={**TICKETS, "phone": "電話番号", "symbol": "被保険者証記号番号", "number": "被保険者識別番号"},
        facts=("id", "person", "fiscal_year"),
        flows=(WARD_ENTRY,),
        subject="person",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "fiscal_year"], name="health_issued_once"),
        ]

    def __str__(self) -> str:
        return f"交付 {self.pk}"


class ProgrammeList(models.Model):
    """One extraction taken into a programme of a fiscal year. Nothing personal: `definition` is its name and version."""

    programme = models.CharField(max_length=10)
    fiscal_year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    definition = models.CharField(max_length=120)
    taken_on = models.DateField()
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "programme", "fiscal_year", "as_of", "definition", "taken_on", "by"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("programme", "fiscal_year", "as_of", "definition", "taken_on", "by")},
    )

    class Meta:
        db_table = "health_list"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(programme__in=[one.value for one in Programme]), name="health_list_programme"
            ),
            models.UniqueConstraint(
                fields=["programme", "fiscal_year", "as_of", "definition"], name="health_list_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.as_of}"


LISTED_ITEMS = {
    **TICKETS,
    **CHECKED,
    "group": "保健指導区分",
    "reasons": "レセプトデータ",
    "receipts": "レセプトデータ",
    "guidance_level": "特定保健指導区分",
    "phone": "電話番号",
    "history": "特定保健指導利用履歴",
    "number": "被保険者識別番号",
    "symbol": "被保険者証記号番号",
    "notified_on": "勧奨の記録",
    "joined_on": "勧奨の記録",
    "finished_on": "勧奨の記録",
}


class Listed(models.Model):
    """A person of a list: the group, the record lines that say why, what the call or letter may say, and how far it came."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    list = models.ForeignKey(ProgrammeList, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=40)
    reasons = models.JSONField()
    checked_on = models.DateField(null=True)
    ticket = models.CharField(max_length=11, default="")
    guidance_ticket = models.CharField(max_length=11, default="")
    guidance_until = models.DateField(null=True)
    guidance_level = models.CharField(max_length=20, default="")
    cancer_ticket = models.CharField(max_length=12, default="")
    phone = models.CharField(max_length=20, default="")
    history = models.CharField(max_length=200, default="")
    results = models.TextField(default="")
    answers = models.TextField(default="")
    receipts = models.TextField(default="")
    number = models.CharField(max_length=20, default="")
    symbol = models.CharField(max_length=40, default="")
    notified_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)
    finished_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items=LISTED_ITEMS,
        facts=("id", "list", "person"),
        flows=(WARD_ENTRY,),
        subject="person",
        writes={WARD_ENTRY: ("id", "list", "person", *LISTED_ITEMS)},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "person"], name="health_listed_once"),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(joined_on__isnull=False), name="health_listed_finishes_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"対象 {self.pk}"


class Handing(models.Model):
    """Persons of a list entrusted under one flow to one contractor on a day. Nothing personal."""

    flow = models.CharField(max_length=10)
    list = models.ForeignKey(ProgrammeList, on_delete=models.PROTECT, related_name="handings")
    contractor = models.CharField(max_length=80)
    made_on = models.DateField()
    by = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=0)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "flow", "list", "contractor", "made_on", "by", "attempts"),
        flows=(CALLS, GUIDANCE, VISITS, LETTERS, WARD_ENTRY),
        contractor="contractor",
        writes={WARD_ENTRY: ("flow", "list", "contractor", "made_on", "by", "attempts")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(flow__in=[one.value for one in Channel]), name="health_handing_flow"),
            models.CheckConstraint(condition=~Q(contractor=""), name="health_handing_has_a_contractor"),
            models.UniqueConstraint(fields=["id", "contractor"], name="health_handing_of_contractor"),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.pk}"


class Handed(models.Model):
    """A person as handed: name and address of the day of the hand-over, from the register and the address service."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    handing = models.ForeignKey(Handing, on_delete=models.PROTECT, related_name="+")
    contractor = models.CharField(max_length=80)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    address = models.TextField()
    sex = models.CharField(max_length=2)
    born = models.DateField()

    holds: ClassVar[Holds] = Holds()

    class Meta:
        abstract = True


class CallSubject(Handed):
    """A person to be called, with the 15 items of 諮問809(1). `household` is drawn at random for each list."""

    phone = models.CharField(max_length=20)
    household = models.BigIntegerField()
    checked_on = models.DateField(null=True)
    ticket = models.CharField(max_length=11)
    guidance_ticket = models.CharField(max_length=11)
    guidance_until = models.DateField(null=True)
    guidance_level = models.CharField(max_length=20)
    cancer_ticket = models.CharField(max_length=12)
    history = models.CharField(max_length=200)
    results = models.TextField()
    answers = models.TextField()
    calls = models.PositiveSmallIntegerField(default=0)
    last_called_at = models.DateTimeField(null=True)
    closed = models.BooleanField(default=False)
    taken_by = models.CharField(max_length=40, default="")
    taken_at = models.DateTimeField(null=True)

    holds: ClassVar[Holds] = Holds(
        items=CALL_ITEMS,
        facts=(*HANDED_FACTS, "calls", "last_called_at", "closed", "taken_by", "taken_at"),
        flows=(CALLS, WARD_ENTRY),
        subject="person",
        contractor="contractor",
        writes={
            WARD_ENTRY: (*HANDED_FACTS, *CALL_ITEMS, "calls", "last_called_at", "closed", "taken_by", "taken_at"),
            CALLS: ("taken_by", "taken_at"),
        },
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handing", "person"], name="health_call_subject_once"),
            models.UniqueConstraint(fields=["id", "contractor"], name="health_call_subject_of_contractor"),
            models.CheckConstraint(condition=~Q(phone=""), name="health_call_subject_has_a_phone"),
        ]

    def __str__(self) -> str:
        return f"電話 {self.pk}"


class Call(models.Model):
    """One call to one person: facts of the call and nothing that was said (諮問809(1): 本人から収集するもの なし)."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    subject = models.ForeignKey(CallSubject, on_delete=models.PROTECT, related_name="made")
    contractor = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    result = models.CharField(max_length=2)
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        facts=("id", "subject", "contractor", "attempt", "at", "result", "by"),
        flows=(CALLS, WARD_ENTRY),
        contractor="contractor",
        writes={CALLS: ("id", "subject", "contractor", "attempt", "at", "result", "by")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(result__in=[one.value for one in CallResult]), name="health_call_result"
            ),
            models.UniqueConstraint(fields=["subject", "attempt"], name="health_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt}回目 {self.result}"


class VisitFields(Handed):
    """What 諮問809(4) and, with two items more, 809(3) hand of a member: 当該事業対象者 alone, with their own receipts."""

    scope = models.CharField(max_length=20)
    phone = models.CharField(max_length=20)
    receipts = models.TextField()
    number = models.CharField(max_length=20)
    care_level = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds()

    class Meta:
        abstract = True


class GuidanceMember(VisitFields):
    """A member of 糖尿病性腎症重症化予防, as handed for 保健指導 (809(3))."""

    results = models.TextField()
    answers = models.TextField()

    holds: ClassVar[Holds] = Holds(
        items={**VISIT_ITEMS, "results": "受診結果", "answers": "問診結果"},
        facts=(*HANDED_FACTS, "scope"),
        flows=(GUIDANCE, WARD_ENTRY),
        subject="person",
        contractor="contractor",
        scope="scope",
        writes={WARD_ENTRY: (*HANDED_FACTS, *VISIT_ITEMS, "scope", "results", "answers")},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handing", "person"], name="health_guidance_member_once"),
        ]

    def __str__(self) -> str:
        return f"保健指導 {self.pk}"


class VisitMember(VisitFields):
    """A member of 重複・頻回受診 or 重複服薬, as handed for 訪問指導 (809(4))."""

    holds: ClassVar[Holds] = Holds(
        items=VISIT_ITEMS,
        facts=(*HANDED_FACTS, "scope"),
        flows=(VISITS, WARD_ENTRY),
        subject="person",
        contractor="contractor",
        scope="scope",
        writes={WARD_ENTRY: (*HANDED_FACTS, *VISIT_ITEMS, "scope")},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handing", "person"], name="health_visit_member_once"),
        ]

    def __str__(self) -> str:
        return f"訪問指導 {self.pk}"


class LetterLine(Handed):
    """A letter to a person of a list, with the items of 諮問809(2) 受診勧奨通知発送."""

    kind = models.CharField(max_length=10)
    ticket = models.CharField(max_length=11)
    symbol = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        items=LETTER_ITEMS,
        facts=(*HANDED_FACTS, "kind"),
        flows=(LETTERS, WARD_ENTRY),
        subject="person",
        contractor="contractor",
        writes={WARD_ENTRY: (*HANDED_FACTS, *LETTER_ITEMS, "kind")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in LetterKind]), name="health_letter_kind"),
            models.UniqueConstraint(fields=["handing", "person"], name="health_letter_once"),
        ]

    def __str__(self) -> str:
        return f"通知 {self.pk}"


class Posted(models.Model):
    """The dispatch (発送) that the letters of a hand-over became: one, ever."""

    handing = models.OneToOneField(Handing, on_delete=models.PROTECT, primary_key=True, related_name="+")
    job = models.PositiveIntegerField(unique=True)

    holds: ClassVar[Holds] = Holds(facts=("handing", "job"))

    def __str__(self) -> str:
        return f"発送 {self.job}"


class Protected(models.Model):
    """Somebody whom the ward reaches by its own people alone (支援措置等), `since <= day < until`. Seen under its own entry."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True)
    by = models.CharField(max_length=40)

    holds: ClassVar[Holds] = Holds(
        items={"since": "区が直接対応する期間", "until": "区が直接対応する期間"},
        facts=("id", "person", "by"),
        flows=(HAND_ENTRY,),
        subject="person",
        writes={HAND_ENTRY: ("person", "since", "until", "by")},
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="health_protected_period"
            ),
        ]

    def __str__(self) -> str:
        return f"直接対応 {self.pk}"


class ByHand(models.Model):
    """A target whom the ward reaches by its own people alone: written by PostgreSQL in the place of the list's row."""

    id = models.BigIntegerField(primary_key=True)
    list = models.ForeignKey(ProgrammeList, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=10)
    fiscal_year = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=40)
    done_on = models.DateField(null=True)

    holds: ClassVar[Holds] = Holds(
        items={
            "programme": "保健事業の名称",
            "group": "保健指導区分",
            "fiscal_year": "保健事業の名称",
            "done_on": "勧奨の記録",
        },
        facts=("id", "person", "list"),
        flows=(HAND_ENTRY,),
        subject="person",
        writes={HAND_ENTRY: ("done_on",)},
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "person"], name="health_by_hand_once"),
        ]

    def __str__(self) -> str:
        return f"直接対応の対象 {self.pk}"


class HandedOver(models.Model):
    """How many persons (件) were entrusted under a flow on a day; fewer when one was taken out. Written by triggers."""

    flow = models.CharField(max_length=10)
    on = models.DateField()
    rows = models.IntegerField()

    holds: ClassVar[Holds] = Holds(facts=("id", "flow", "on", "rows"))
    read_only = True

    class Meta:
        db_table = "health_handed_over"

    def __str__(self) -> str:
        return f"{self.flow} {self.on} {self.rows}"


class Picture(models.Model):
    """The numbers of a year's pictures, small cells already left out: sums of many people, nobody's own."""

    fiscal_year = models.PositiveSmallIntegerField(unique=True)
    made_at = models.DateTimeField()
    numbers = models.JSONField()

    holds: ClassVar[Holds] = Holds(
        facts=("id", "fiscal_year", "made_at", "numbers"),
        flows=(WARD_ENTRY,),
        writes={WARD_ENTRY: ("fiscal_year", "made_at", "numbers")},
    )

    def __str__(self) -> str:
        return f"{self.fiscal_year}年度の図"

"""One checkup document (hc08) as plain values: who, when, where, and every item with its flag."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from lxml import etree

from azukari.business.health.checkups.items import Item, by_code, read
from azukari.business.health.checkups.xml import HL7, TYPE, where
from azukari.core.intake.types import Problem, Problems
from azukari.kernel.errors import BadInput

NOT_DONE = "未実施"
LOW, HIGH = "L", "H"
_H = {"h": HL7}
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?")
_FIX = "健診機関に確かめて、直した文書を送ってもらってください。"


@dataclass(frozen=True, slots=True)
class Result:
    """One item: what was written, or None and a flag (未実施, L below and H above what can be measured, NI …)."""

    code: str
    value: str | None
    unit: str | None
    flag: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One person's checkup. Names are as written: a CDA gives the フリガナ, so `kana`."""

    file: str
    insurer: str
    symbol: str | None
    number: str
    branch: str | None
    kana: str | None
    birth: date
    sex: int
    day: date
    facility: str | None
    ticket: str | None
    results: tuple[Result, ...]


def document(root: etree._Element, name: str, problems: Problems) -> Document | None:
    """The document, or None when something in it cannot be used: every fault is in `problems` with its element."""
    before = len(problems.listed) + problems.rest
    reader = _Reader(root, name, problems)
    found = reader.read()
    return found if len(problems.listed) + problems.rest == before else None


@dataclass(slots=True)
class _Reader:
    root: etree._Element
    name: str
    problems: Problems

    def read(self) -> Document | None:
        self._expect("h:code", "reports", "報告区分")
        self._expect("h:documentationOf/h:serviceEvent/h:code", "programmes", "プログラム種別")
        patients = self.root.findall("h:recordTarget/h:patientRole", _H)
        if len(patients) != 1:
            self._bad(self.root, f"受診者が {len(patients)} 人です。", "一つの文書には一人だけが入ります。")
            return None
        patient = patients[0]
        insurer, number = self._id(patient, "insurer"), self._id(patient, "number")
        birth = self._day(patient, "h:patient/h:birthTime", "生年月日")
        day = self._day(self.root, "h:documentationOf/h:serviceEvent/h:effectiveTime", "健診実施日")
        sex = self._sex(patient)
        results = tuple(self._results())
        if insurer is None or number is None or birth is None or day is None or sex is None:
            return None
        if day < birth:
            self._bad(patient, "健診実施日が生年月日より前です。", "どちらかの日付が違います。")
        return Document(
            self.name, insurer, self._optional_id(patient, "symbol"), number, self._optional_id(patient, "branch"),
            self._text(patient, "h:patient/h:name"), birth, sex, day, self._facility(), self._ticket(), results,
        )  # fmt: skip

    def _bad(self, element: etree._Element, what: str, why: str, value: str = "") -> None:
        error = BadInput(what, why, _FIX)
        self.problems.add(Problem.of(error, self.name, element.sourceline, where(element), value))

    def _expect(self, path: str, table: str, word: str) -> None:
        known = {one["code"]: one["name"] for one in read("cda.toml")[table]}
        element = self.root.find(path, _H)
        code = "" if element is None else element.get("code", "")
        if code not in known:
            told = "、".join(f"{code}（{name}）" for code, name in known.items())
            self._bad(
                self.root if element is None else element,
                f"{word}「{code}」の文書は受け取りません。",
                f"受け取るのは {told} です。",
            )

    def _optional_id(self, patient: etree._Element, name: str) -> str | None:
        oid = read("cda.toml")["oids"][name]
        found = [one.get("extension") for one in patient.findall("h:id", _H) if one.get("root") == oid]
        return next((text for text in found if text), None)

    def _id(self, patient: etree._Element, name: str) -> str | None:
        found = self._optional_id(patient, name)
        if found is None:
            word = "保険者番号" if name == "insurer" else "被保険者証等番号"
            self._bad(patient, f"{word}がありません。", "だれの健診かが決まりません。")
        elif name == "insurer" and not re.fullmatch("[0-9]{6,8}", found):
            self._bad(patient, "保険者番号が数字6〜8桁ではありません。", "だれの健診かが決まりません。", found)
        return found

    def _day(self, start: etree._Element, path: str, word: str) -> date | None:
        element = start.find(path, _H)
        if element is not None and element.get("value") is None:
            element = element.find("h:low", _H)
        text = "" if element is None else element.get("value", "")
        try:
            return date.fromisoformat(text[:8] if re.fullmatch("[0-9]{8}([0-9]{4,6}([+-][0-9]{4})?)?", text) else text)
        except ValueError:
            self._bad(
                start if element is None else element, f"{word}が読めません。", "年月日の8桁の数字が要ります。", text
            )
            return None

    def _sex(self, patient: etree._Element) -> int | None:
        element = patient.find("h:patient/h:administrativeGenderCode", _H)
        code = "" if element is None else element.get("code", "")
        if code in {"1", "2"}:
            return int(code)
        self._bad(patient if element is None else element, "性別が読めません。", "1（男）か 2（女）が要ります。", code)
        return None

    def _text(self, start: etree._Element, path: str) -> str | None:
        element = start.find(path, _H)
        return None if element is None else "".join(element.itertext()).strip() or None

    def _facility(self) -> str | None:
        oid = read("cda.toml")["oids"]["facility"]
        places = (
            "h:documentationOf/h:serviceEvent/h:performer/h:assignedEntity/h:representedOrganization/h:id",
            "h:author/h:assignedAuthor/h:representedOrganization/h:id",
        )
        found = [one for path in places for one in self.root.findall(path, _H) if one.get("root") == oid]
        return next((one.get("extension") for one in found), None)

    def _ticket(self) -> str | None:
        for one in self.root.findall("h:participant", _H):
            kind = one.find("h:functionCode", _H)
            held = one.find("h:associatedEntity/h:id", _H)
            if kind is None or kind.get("code") != "1" or held is None or not held.get("extension"):
                continue
            number = str(held.get("extension"))
            if not re.fullmatch("[0-9]{11}", number):
                self._bad(held, "受診券整理番号が11桁の数字ではありません。", "券と結び付けられません。", number)
            return number
        return None

    def _results(self) -> Iterator[Result]:
        seen: Counter[str] = Counter()
        oid = read("cda.toml")["oids"]["items"]
        for element in self.root.iterfind(
            "h:component/h:structuredBody/h:component/h:section/h:entry//h:observation", _H
        ):
            named = element.find("h:code", _H)
            code = None if named is None else named.get("code")
            if not code:
                continue
            # An item of a facility's own numbering is kept, and never taken for one of the table.
            code = code if named.get("codeSystem", oid) == oid else f"{named.get('codeSystem')}/{code}"
            known = by_code().get(code)
            seen[code] += 1
            if known and seen[code] == 2:
                self._bad(element, f"{known[0].label}が二つあります。", "どちらが正しいか決まりません。", code)
            yield self._result(element, code, known[0] if known else None)

    def _result(self, element: etree._Element, code: str, item: Item | None) -> Result:
        value = element.find("h:value", _H)
        if element.get("negationInd") == "true":
            return Result(code, None, None, NOT_DONE)
        flag = _flag(element, value, item)
        if flag or value is None:
            return Result(code, None, None, flag or "NI")
        kind = value.get(TYPE, "").rpartition(":")[2]
        text = value.get("value") if kind in {"PQ", "INT", "REAL"} else value.get("code")
        if text is None:
            text = "".join(value.itertext()).strip()
        if item:
            self._fits(value, item, text)
        return Result(code, text, value.get("unit"), None)

    def _fits(self, value: etree._Element, item: Item, text: str) -> None:
        if item.kind == "code" and text not in item.values:
            self._bad(value, f"{item.label}の値が読めません。", f"{'、'.join(item.values)} のどれかが要ります。", text)
        if item.kind != "number":
            return
        if not _NUMBER.fullmatch(text) or float(text) > item.most:
            self._bad(value, f"{item.label}の値が読めません。", f"0 から {item.most:g} までの数が要ります。", text)
        unit = value.get("unit", "")
        if unit and _unit(unit) != _unit(item.unit):
            self._bad(value, f"{item.label}の単位が違います。", f"{item.unit} の値が要ります。", unit)


def _flag(element: etree._Element, value: etree._Element | None, item: Item | None) -> str | None:
    """L or H for a value out of the measurable range, the null flavor for one that is not there.

    L or H beside a quantity is only a mark of the laboratory: the quantity is a number still.
    """
    absent = value is None or value.get("nullFlavor") or element.get("nullFlavor")
    mark = element.find("h:interpretationCode", _H)
    marked = None if mark is None else mark.get("code")
    if value is not None and value.get("codeSystem") == read("cda.toml")["oids"]["range"]:
        return str(value.get("code") or marked)
    coded = value is not None and value.get(TYPE, "").rpartition(":")[2] in {"CD", "CE", "CO", "CS"}
    if marked in {LOW, HIGH} and (absent or (item is not None and item.kind == "number" and coded)):
        return str(marked)
    if not absent:
        return None
    return str((value is not None and value.get("nullFlavor")) or element.get("nullFlavor") or "NI")


@cache
def _unit(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return str(read("cda.toml")["units"].get(plain, plain))

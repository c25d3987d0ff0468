"""Made-up checkup documents (hc08) and their index (ix08), as a facility sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from azukari.business.health.checkups.api import Item, items
from azukari.business.health.checkups.types import CHECKUP_NAMES

_OID = "1.2.392.200119.6"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def document(row: Mapping[str, Any]) -> bytes:
    """One person's checkup. `row` has insurer, symbol, number, branch, kana, birth, sex, date, facility, ticket and values."""
    day, facility = f"{row['date']:%Y%m%d}", _id("102", row["facility"])
    person = "".join(
        _id(oid, row[name])
        for oid, name in (("101", "insurer"), ("204", "symbol"), ("205", "number"), ("211", "branch"))
    )
    performer = f"<representedOrganization>{facility}</representedOrganization>"
    text = f"""{_HEAD}<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id nullFlavor="NI"/>
<code code="10" codeSystem="{_OID}.1001"/><effectiveTime value="{day}"/><confidentialityCode code="N"/>
<recordTarget><patientRole>{person}<patient><name>{escape(row["kana"])}</name>
<administrativeGenderCode code="{row["sex"]}" codeSystem="{_OID}.1104"/>
<birthTime value="{row["birth"]:%Y%m%d}"/></patient></patientRole></recordTarget>
<author><time value="{day}"/><assignedAuthor><id nullFlavor="NI"/>{performer}</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id nullFlavor="NI"/></representedCustodianOrganization>
</assignedCustodian></custodian>
<participant typeCode="HLD"><functionCode code="1" codeSystem="{_OID}.208"/><associatedEntity classCode="IDENT">
{_id(f"209.1{row['insurer']}", row["ticket"])}</associatedEntity></participant>
<documentationOf><serviceEvent><code code="010" codeSystem="{_OID}.1002"/><effectiveTime value="{day}"/>
<performer typeCode="PRF"><assignedEntity><id nullFlavor="NI"/>{performer}</assignedEntity></performer></serviceEvent></documentationOf>
<component><structuredBody><component><section><code code="01010" codeSystem="{_OID}.1010"/>
<title>検査・問診結果セクション</title><text/>
{chr(10).join(_entries(row))}
</section></component></structuredBody></component></ClinicalDocument>
"""
    return text.encode()


def index(*, sender: str, insurer: str, day: date, count: int) -> bytes:
    """The index of a delivery: who to whom, and how many documents."""
    return f"""{_HEAD}<index xmlns="http://tokuteikenshin.jp/checkup/2007">
<interactionType code="6"/><creationTime value="{day:%Y%m%d}"/>
<sender>{_id("102", sender)}</sender><receiver>{_id("101", insurer)}</receiver>
<serviceEventType code="1"/><totalRecordCount value="{count}"/></index>
""".encode()


def entry(item: Item, value: Any) -> str:
    """One item; None is 未実施."""
    head = f'<entry><observation classCode="OBS" moodCode="EVN"{"" if value is not None else " negationInd=" + quoteattr("true")}>'
    code = f"<code code={quoteattr(item.codes[0])} displayName={quoteattr(item.label)}/>"
    if value is None:
        return f"{head}{code}</observation></entry>"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if item.kind == "number":
        written = f'<value xsi:type="PQ" value={quoteattr(text)} unit={quoteattr(item.unit)}/>'
    elif item.kind == "code":
        written = f'<value xsi:type="CD" code={quoteattr(text)}/>'
    else:
        written = f'<value xsi:type="ST">{escape(text)}</value>'
    return f"{head}{code}{written}</observation></entry>"


def _entries(row: Mapping[str, Any]) -> Iterator[str]:
    for item in items():
        name = CHECKUP_NAMES.get(item.field, item.field)
        if name in row:
            yield entry(item, row[name])


def _id(oid: str, extension: str | None) -> str:
    return f"<id root={quoteattr(f'{_OID}.{oid}')} extension={quoteattr(extension)}/>" if extension else ""

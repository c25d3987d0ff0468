"""XML that arrived: never with a DTD, never reaching outside, checked against our own copy of the schema.

The schema files are the published ones (V08); their HL7 notice stands in them. A copy inside a delivery is not used.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from xml.parsers import expat

from lxml import etree

from azukari.core.intake.types import Problem, Problems, shown
from azukari.kernel.errors import BadInput

HL7 = "urn:hl7-org:v3"
CLAIM = "http://tokuteikenshin.jp/checkup/2007"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
# Root element → the schema file it is checked against.
SCHEMAS = {
    f"{{{HL7}}}ClinicalDocument": "hc08_V08.xsd",
    f"{{{CLAIM}}}index": "ix08_V08.xsd",
    f"{{{CLAIM}}}summary": "su08_V08.xsd",
    f"{{{CLAIM}}}checkupClaim": "cc08_V08.xsd",
}
DOCUMENT, INDEX, SUMMARY, _CLAIM = SCHEMAS
_SEND_AGAIN = "健診機関か国保連に、正しいファイルを送り直してもらってください。"
_MOST = 20


def parse(data: bytes) -> etree._Element:
    """The root element. Raises BadInput for a DTD (and so for every entity), for broken XML, and for a strange root."""
    _refuse_doctype(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadInput("XML として読めません。", f"{error.lineno} 行目: {error.msg}", _SEND_AGAIN) from error
    if root.tag not in SCHEMAS:
        raise BadInput(
            "特定健診の様式ではありません。", f"一番外の要素は {shown(etree.QName(root).localname)} です。", _SEND_AGAIN
        )
    return root


def check(root: etree._Element, name: str, problems: Problems) -> bool:
    """Valid against the schema of its root element; else every fault with its line and element goes to `problems`."""
    schema = _schema(SCHEMAS[root.tag])
    if schema.validate(root):
        return True
    for fault in list(schema.error_log)[:_MOST]:
        error = BadInput("様式（XMLスキーマ）に合いません。", _words(fault.message), _SEND_AGAIN)
        problems.add(Problem.of(error, name, fault.line, _path(root, fault.path)))
    return False


def where(element: etree._Element) -> str:
    """The path of an element, as errors name it: ClinicalDocument/recordTarget/…"""
    names = [etree.QName(element).localname, *(etree.QName(one).localname for one in element.iterancestors())]
    return "/".join(reversed(names))


class _Seen(Exception):
    """The first element: no DTD can come after it."""


def _refuse_doctype(data: bytes) -> None:
    """Expat stops before a single entity is defined, whatever the encoding; what it cannot read lxml will name."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _stop
    try:
        parser.Parse(data, True)
    except _Seen:
        return
    except expat.ExpatError as error:
        why = f"{error.lineno} 行目: {expat.ErrorString(error.code)}"
        raise BadInput("XML として読めません。", why, _SEND_AGAIN) from error


def _refuse(*_: object) -> None:
    raise BadInput(
        "文書型宣言（DOCTYPE）のある XML は受け取りません。",
        "外のファイルを読ませたり、中身を際限なくふくらませたりできるためです。",
        _SEND_AGAIN,
    )


def _stop(*_: object) -> None:
    raise _Seen


@cache
def _schema(name: str) -> etree.XMLSchema:
    with as_file(files(__package__).joinpath("data", "xsd")) as folder:
        return etree.XMLSchema(etree.parse(str(folder / name)))


def _words(message: str) -> str:
    for space in (HL7, CLAIM):
        message = message.replace(f"{{{space}}}", "")
    return message


def _path(root: etree._Element, path: str | None) -> str:
    found = root.getroottree().xpath(path) if path else []
    return where(found[0]) if found else ""

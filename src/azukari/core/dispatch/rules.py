"""The code on every sheet: made, read, and refused when it is not ours. Plain Python.

`AZ1/12/345/2/3/1/ABCDEFGH`: format, job, seq, sheet, of, generation, MAC. All of QR's alphanumeric mode, at most 60
characters. The MAC is the first 40 bits of HMAC-SHA-256 in base32: a guess is right once in 10^12, every wrong one stops
the line and is recorded, so no longer one is needed on paper that is only ever read at our own screen.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata

from azukari.core.dispatch.types import Mark, SheetCode

FORMAT = "AZ1"
MAC_LENGTH = 8
LONGEST = 60
CODE = re.compile(
    rf"({FORMAT}/([0-9]{{1,9}})/([0-9]{{1,7}})/([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{1,4}}))/([A-Z2-7]{{8}})"
)
# What a scanner's keys become while the computer's Japanese input is on.
KEYBOARD = str.maketrans({"・": "/", "÷": "/"})


def code(key: str, mark: Mark) -> SheetCode:
    """The code of one sheet, for the QR and for people."""
    body = f"{FORMAT}/{mark.job}/{mark.seq}/{mark.sheet}/{mark.of}/{mark.generation}"
    return SheetCode(f"{body}/{mac(key, body)}", sheet_words(mark))


def mac(key: str, body: str) -> str:
    """Eight characters that only the holder of the key can make."""
    digest = hmac.digest(key.encode(), body.encode(), hashlib.sha256)
    return base64.b32encode(digest[:5]).decode()[:MAC_LENGTH]


def set_words(job: int, seq: int) -> str:
    """A set as people call it: 0012-000345."""
    return f"{job:04d}-{seq:06d}"


def sheet_words(mark: Mark) -> str:
    """A sheet as people read it: 0012-000345 2/3 第1版."""
    return f"{set_words(mark.job, mark.seq)} {mark.sheet}/{mark.of} 第{mark.generation}版"


def tidy(text: str) -> str:
    """What was typed or scanned, without what keyboards add: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text[: 4 * LONGEST].translate(KEYBOARD)).upper().split())


def read(key: str, text: str) -> tuple[Mark | None, bool]:
    """The mark of a code, and whether the text at least has a code's shape. No mark when the MAC is not ours."""
    found = CODE.fullmatch(tidy(text))
    if found is None:
        return None, False
    body, given = found[1], found[7]
    if not hmac.compare_digest(mac(key, body), given):
        return None, True
    job, seq, sheet, of, generation = map(int, found.groups()[1:6])
    return Mark(job, seq, sheet, of, generation), True

"""IDs and passwords of children: how they are written, and which passwords everybody tries first. Plain Python.

The list of roots is of our own making (data/passwords.toml says by which rule); it is no copy of a list of breached
passwords. What people do to a root (capitals, numbers and signs at the ends, 0 for o, a date) is undone before looking.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path

from azukari.kernel.errors import BadInput

# No 0 O 1 I: they are misread from paper. 32 signs to the 8th power: a trillion IDs for some ten thousand children.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LOGIN_LENGTH = 8
WORD_LENGTH = 12
SHORTEST, LONGEST = 10, 128
SLIP = re.compile("[-‐−ー―]?".join(["([2-9A-HJ-NP-Z]{4})"] * 3))
LISTS = Path(__file__).with_name("data") / "passwords.toml"
LEET = str.maketrans("0134578@$!", "oieastbasi")
# What people put before and after a word: everything that is no letter.
ENDS = re.compile(r"^[^a-zぁ-ん一-龥ァ-ヶ]+|[^a-zぁ-ん一-龥ァ-ヶ]+$")
ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)
NEXT = "三つか四つの言葉をつなげると、覚えやすく、当てられにくくなります。"


def plain_login(text: str) -> str:
    """An ID as the database keeps it, from what a parent typed: full width, small letters, hyphens and blanks allowed."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())[:64]


def shown(code: str) -> str:
    """In fours: ABCD-2345."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def plain_password(text: str) -> str:
    """The same password from every keyboard (NFKC), so that 全角 and 半角 do not lock a parent out.

    What looks like the word of a slip, all in small or all in capital letters, is forgiven its case and missing hyphens.
    """
    word = unicodedata.normalize("NFKC", text)
    alike = word in {word.upper(), word.lower()} and SLIP.fullmatch(word.strip().upper())
    return shown("".join(alike.groups())) if alike else word


def refuse_weak(password: str, *, login: str, born: date | None = None) -> None:
    """Raises BadInput for a password that is short, holds the ID or the birthday, or is what everybody tries first."""
    word = plain_password(password)
    if not SHORTEST <= len(word) <= LONGEST:
        raise BadInput("このパスワードは使えません。", f"{SHORTEST}文字以上、{LONGEST}文字までにしてください。", NEXT)
    if plain_login(login) in plain_login(word) or (born and _holds_birthday(word, born)):
        raise BadInput("このパスワードは使えません。", "IDやお子さまの生年月日が入っています。", NEXT)
    if is_common(word):
        raise BadInput("このパスワードは使えません。", "よく使われるもので、すぐに当てられます。", NEXT)


def is_common(password: str) -> bool:
    """Whether a guesser who knows common words, keyboards, names and dates comes to it early."""
    word = plain_password(password).lower()
    core = ENDS.sub("", word)
    cores = {core, ENDS.sub("", core.translate(LEET))}
    return any(not core or _splits(core, 2) or _is_mechanical(core) for core in cores) or _is_mechanical(word)


def _splits(core: str, most: int) -> bool:
    """The core is at most that many roots, with or without a sign between them."""
    if core in roots():
        return True
    return most > 1 and any(
        core[:cut] in roots() and _splits(core[cut:].lstrip("-_. 0123456789"), most - 1) for cut in range(3, len(core))
    )


def _is_mechanical(word: str) -> bool:
    """A few signs only, a piece repeated, or a walk along the keyboard."""
    if len(set(word)) < 5 or re.fullmatch(r"(.{1,5})\1+.{0,4}", word):
        return True
    return _walked(word) >= max(6, round(len(word) * 0.7))


def _walked(word: str) -> int:
    """The signs of the word that lie on walks of three or more along a row, forwards or backwards."""
    rows = [one for row in ROWS for one in (row, row[::-1])]
    count = at = 0
    while at < len(word):
        run = max((n for n in range(3, len(word) - at + 1) if any(word[at : at + n] in row for row in rows)), default=0)
        count, at = count + run, at + max(run, 1)
    return count


def _holds_birthday(word: str, born: date) -> bool:
    digits = re.sub(r"\D", "", word)
    reiwa = f"{born.year - 2018:02d}{born:%m%d}" if born >= date(2019, 5, 1) else f"{born.year - 1988:02d}{born:%m%d}"
    return any(form in digits for form in (f"{born:%Y%m%d}", f"{born:%y%m%d}", reiwa))


@cache
def roots() -> frozenset[str]:
    """Every root of the shipped lists, in small letters."""
    with LISTS.open("rb") as file:
        return frozenset(root for group in tomllib.load(file)["roots"].values() for root in group)

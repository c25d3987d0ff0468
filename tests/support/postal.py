"""A reader of カスタマバーコード that knows nothing of how ours are made: bars in a picture, to the characters they say.

Tables from 日本郵便「郵便番号・バーコードマニュアル」. F full, A ascending, D descending, T timing.
"""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

SAID = dict(
    zip(
        [
            "FFT",
            "FDA",
            "DFA",
            "FAD",
            "FTF",
            "DAF",
            "AFD",
            "ADF",
            "TFF",
            "FTT",
            "TFT",
            "DAT",
            "DTA",
            "ADT",
            "TDA",
            "ATD",
            "TAD",
            "TTF",
            "FFF",
        ],
        (*"1234567890-", *(f"CC{number}" for number in range(1, 9))),
        strict=True,
    )
)
CHECKED = (*"0123456789-", *(f"CC{number}" for number in range(1, 9)))


def read(picture: NDArray[np.uint8]) -> str:
    """What the only barcode of a grey picture says: postcode and 住所表示番号, letters as letters, without the filling."""
    bars = _bars(picture < 128)
    assert (bars[:2], bars[-2:], len(bars)) == ("FD", "DF", 67)
    characters = [SAID[bars[at : at + 3]] for at in range(2, 65, 3)]
    assert sum(CHECKED.index(one) for one in characters) % 19 == 0
    body = characters[:20]
    while body[-1] == "CC4":
        body.pop()
    return _text(body)


def _bars(dark: NDArray[np.bool_]) -> str:
    """Each bar by where it reaches, in halves of the height of them all."""
    rows = np.flatnonzero(dark.any(axis=1))
    top, height = rows[0], rows[-1] + 1 - rows[0]
    said = []
    for inked, columns in groupby(enumerate(dark.any(axis=0)), key=lambda one: bool(one[1])):
        if inked:
            middle = [at for at, _ in columns]
            bar = np.flatnonzero(dark[:, middle[len(middle) // 2]]) - top
            up, down = bar[0] < height / 6, bar[-1] >= height * 5 / 6
            said.append({(True, True): "F", (True, False): "A", (False, True): "D", (False, False): "T"}[up, down])
    return "".join(said)


def _text(characters: list[str]) -> str:
    text, control = "", 0
    for one in characters:
        if one.startswith("CC"):
            control = int(one[2:])
        elif control:
            text, control = text + chr(ord("A") + 10 * (control - 1) + int(one)), 0
        else:
            text += one
    return text + (f"CC{control}" if control else "")

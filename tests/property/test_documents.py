"""Whatever is written, the document says exactly that or is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from azukari.core.documents.api import BOLD, REGULAR, missing_glyphs, render
from azukari.kernel.errors import BadInput
from support import letters, pdf

MARKUP = "#$*_\\@<>=-+/~`'\"[]{}()^&%|:;,.!?"
WORDS = st.text(st.sampled_from(MARKUP + "aZ09あア世田谷髙邉葛ー・（）"), min_size=1, max_size=40)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.text(st.sampled_from("葛辻祇邉邊\ufe00\ufe01\U000e0100\U000e0101\U000e0110"), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return letters.template(tmp_path_factory.mktemp("letters"))


@given(text=WORDS)
def test_signs_of_the_typesetter_are_only_characters(template: Path, text: str) -> None:
    assert pdf.says(render(template, letters.fill([text]), created=letters.CREATED), text)


@given(text=ANYTHING | NAMES)
def test_a_text_is_printed_or_refused_with_the_character_to_blame(template: Path, text: str) -> None:
    """Typst's own check for PDF/A agrees with everything ours lets through."""
    missing = missing_glyphs([text])
    if not missing:
        render(template, letters.fill([text]), created=letters.CREATED)
        return
    [(whole, character)] = missing
    with pytest.raises(BadInput) as refused:
        render(template, letters.fill([text]), created=letters.CREATED)
    assert whole == text
    assert character in text
    assert f"「{character}」" in refused.value.what


@given(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]))
def test_a_character_is_missing_exactly_where_the_font_draws_its_box(character: str) -> None:
    """Against FreeType's own reading of the font; basic layout, so that nothing is composed."""
    drawn = [_drawn(character, file) for file in (REGULAR, BOLD)]
    boxes = [_drawn("\U0010fffd", file) for file in (REGULAR, BOLD)]
    assert (missing_glyphs([character]) == []) == all(one != box for one, box in zip(drawn, boxes, strict=True))


def _drawn(character: str, file: Path) -> bytes:
    return bytes(_font(file).getmask(character))


@cache
def _font(file: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, 40, layout_engine=ImageFont.Layout.BASIC)

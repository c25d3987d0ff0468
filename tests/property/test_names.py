"""Search keys and characters: spellings of one name agree, and nothing stored is touched."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from azukari.core.people.rules import search_key, search_words
from azukari.demo import namelists
from azukari.kernel import ids
from azukari.kernel.text import fold, graphemes, has_selector, length

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KANA = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3094), min_size=1, max_size=12)
SURNAMES = st.sampled_from(sorted(set(namelists.surnames()), key=lambda word: word.text))
GIVEN = st.sampled_from(
    sorted(
        {word for pools in namelists.given_names().values() for pool in pools for word in pool}, key=lambda w: w.text
    )
)


@given(TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(KANA)
def test_kana_scripts_and_widths_are_one(text: str) -> None:
    katakana = "".join(chr(ord(character) + 0x60) for character in text)
    assert fold(text) == fold(katakana)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(TEXT)
def test_characters_add_up_to_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert length(text) <= len(text)


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8), st.integers(0, 239))
def test_a_selector_changes_the_shape_and_not_the_count_or_the_key(text: str, selector: int) -> None:
    shaped = "".join(character + chr(0xE0100 + selector) for character in text)
    assert has_selector(shaped)
    assert length(shaped) == length(text)
    assert fold(shaped) == fold(text)


@given(SURNAMES, GIVEN)
def test_a_name_is_found_by_the_beginning_of_each_of_its_words(
    surname: namelists.Word, given_name: namelists.Word
) -> None:
    key = search_key(f"{surname.text}\u3000{given_name.text}", f"{surname.kana}\u3000{given_name.kana}", "旧姓")
    typed = (surname.text, given_name.text, surname.text + given_name.text, surname.kana, given_name.kana, "旧姓")
    for text in typed:
        for word in search_words(text) + search_words(text[:1]):
            assert f" {word}" in key


@given(st.integers(0, 10**9 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found_unless_the_rule_gives_both_the_same_digit(payload: int, place: int, by: int) -> None:
    number = ids.atena(payload)
    assert ids.is_atena(number)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert ids.is_atena(wrong) == (ids.check_digit(int(wrong[:-1])) == int(number[-1]))
    if number[-1] != "0":
        assert not ids.is_atena(wrong)

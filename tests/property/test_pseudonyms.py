"""Tokens of any numbers under any key: one to one, back with the key only, nothing in common with other series."""

from __future__ import annotations

from contextlib import suppress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from azukari.kernel import keystore, pseudonyms
from azukari.kernel.errors import BadInput

KEYS = st.binary(min_size=32, max_size=32)
NUMBERS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=40)


def series(numbers: list[int | None]) -> pl.Series:
    return pl.Series("person", numbers, dtype=pl.Int64)


@given(KEYS, NUMBERS, st.integers(0, 40), st.integers(0, 40))
def test_a_token_each_and_back(key: bytes, numbers: list[int | None], start: int, length: int) -> None:
    """Also of a part of a longer column: what stands before and after it does not matter."""
    permutation = pseudonyms.pseudonyms(key, "委託先", "s").persons
    given_ = series(numbers)
    tokens = permutation.tokens(given_)
    assert permutation.numbers(tokens).to_list() == numbers
    assert tokens.n_unique() == given_.n_unique()
    assert permutation.numbers(tokens.slice(start, length)).to_list() == numbers[start : start + length]
    assert permutation.tokens(given_.slice(start, length)).to_list() == tokens.slice(start, length).to_list()


@given(KEYS, KEYS, st.sampled_from(["A", "B"]), st.sampled_from(["1", "2"]), st.integers())
def test_another_key_contractor_or_series_says_nothing(
    key: bytes, other: bytes, contractor: str, name: str, number: int
) -> None:
    number %= 2**63
    mine = pseudonyms.pseudonyms(key, "A", "1")
    theirs = pseudonyms.pseudonyms(other, contractor, name)
    token = mine.persons.tokens(series([number]))
    assert mine.receipts.tokens(series([number])).to_list() != token.to_list()
    if (key, "A", "1") == (other, contractor, name):
        assert theirs.persons.numbers(token).to_list() == [number]
        return
    with pytest.raises(BadInput, match="1 行目"):
        theirs.persons.numbers(token)


@given(KEYS, st.integers(0, 9), st.text(max_size=40))
def test_what_is_no_token_is_told_by_its_row(key: bytes, before: int, text: str) -> None:
    permutation = pseudonyms.pseudonyms(key, "A", "1").persons
    tokens = pl.concat([permutation.tokens(series([*range(before)])), pl.Series("person", [text])])
    with pytest.raises(BadInput, match=f"^{before + 1} 行目"):
        permutation.numbers(tokens)


@given(KEYS, st.integers(0, 63), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_the_paper_gives_the_key_back_and_tells_a_slip(key: bytes, at: int, letter: str) -> None:
    """As typed, too: small letters, blanks for dashes, O for 0. One wrong letter never gives the same key."""
    paper = keystore.on_paper(key)
    assert keystore.from_paper(paper) == key
    assert keystore.from_paper(paper.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == key
    letters = list(paper.removeprefix("AZK1-").replace("-", ""))
    changed = letters[at] != letter
    letters[at] = letter
    found = None
    with suppress(BadInput):
        found = keystore.from_paper("".join(letters))
    if found is None:
        with pytest.raises(BadInput, match=f"{at // 4 + 1} 組目"):
            keystore.from_paper("".join(letters))
        assert changed
        return
    assert (found != key) is changed
    assert (keystore.words(found) != keystore.words(key)) is changed


def test_a_token_is_the_block_cipher_of_the_standard() -> None:
    """AES-256 of the number and eight zero bytes under the derived key, told a second way by another mode of it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    permutation = pseudonyms.pseudonyms(bytes(range(32)), "A", "1").persons
    encryptor = Cipher(algorithms.AES(permutation.key), modes.CBC(bytes(16))).encryptor()
    block = encryptor.update((2019).to_bytes(8, "big") + bytes(8))
    assert permutation.tokens(series([2019])).to_list() == [block.hex()]


def test_nothing_prints_a_key() -> None:
    found = pseudonyms.pseudonyms(b"q" * 32, "A", "1")
    assert found.persons.key.hex() not in repr(found)
    assert repr(found.persons.key) not in repr(found)


def test_long_columns_are_worked_on_in_parts() -> None:
    permutation = pseudonyms.pseudonyms(b"k" * 32, "A", "1").persons
    numbers = pl.Series("person", range(100_000))
    tokens = permutation.tokens(numbers)
    assert permutation.numbers(tokens).to_list() == numbers.to_list()
    assert permutation.tokens(numbers.tail(3)).to_list() == tokens.tail(3).to_list()
    wrong = pl.concat([tokens, pl.Series("person", ["ab" * 16])])
    with pytest.raises(BadInput, match="100001 行目"):
        permutation.numbers(wrong)

"""The reader by columns and the slow one by lines agree on every file, balanced or not, cut anywhere or not."""

from __future__ import annotations

import re

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from support.uke import act, block, days, read, slowly, uke

CODES = st.sampled_from(["112007410", "160010010", "140058010", "197000110"])
DAY_SETS = st.lists(st.integers(1, 31), min_size=1, max_size=4, unique=True)


@st.composite
def units(draw: st.DrawFn, burdens: tuple[str, ...]) -> tuple[list[str], dict[str, int]]:
    """The lines of one 算定単位, balanced, and its points by 負担区分 (none of a meal)."""
    category, burden = draw(st.sampled_from(["11", "21", "60", "97", ""])), draw(st.sampled_from(burdens))
    on, each = draw(DAY_SETS), draw(st.integers(1, 12))
    written = days(*on, each=each) if draw(st.booleans()) else "," * 30
    times = each * len(on)
    points = draw(st.one_of(st.just(""), st.integers(0, 99_999)))
    size = draw(st.integers(1, 3))
    lines = [
        act(
            draw(st.sampled_from(["SI", "IY"])), category if place == 0 else "", draw(CODES),
            points if place == size - 1 else "", times, written, burden=burden,
        )
        for place in range(size)
    ]  # fmt: skip
    if draw(st.booleans()):
        lines.insert(0, f"CO,{category},{burden},810000001,予定表")
        lines[1] = lines[1].replace(f",{category},", ",,", 1) if category else lines[1]
    return lines, {burden: int(points or 0) * times} if category != "97" else {}


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file of some receipts, and perhaps one number in it changed."""
    blocks = []
    for _ in range(draw(st.integers(1, 2))):
        receipts = [draw(receipts_of()) for _ in range(draw(st.integers(1, 3)))]
        blocks.append(block(*receipts))
    lines = [line for one in blocks for line in one]
    if draw(st.booleans()):
        place = draw(st.integers(0, len(lines) - 1))
        fields = lines[place].split(",")
        at = {"HO": 5, "KO": 5, "GO": draw(st.integers(1, 2)), "SI": draw(st.integers(5, 6)), "IY": 6}.get(fields[0])
        if at and fields[at]:
            fields[at] = str(int(fields[at]) + draw(st.integers(1, 9)))
            lines[place] = ",".join(fields)
    return uke(lines)


@st.composite
def receipts_of(draw: st.DrawFn) -> list[str]:
    public = draw(st.booleans())
    found = [draw(units(("1", "2", "5") if public else ("1",))) for _ in range(draw(st.integers(0, 5)))]
    category, sums, lines = "", {"1": 0, "2": 0, "5": 0}, []
    for unit, points in found:
        written = next((line.split(",")[1] for line in unit if line.split(",")[1]), "")
        category = written or category
        if category != "97":
            for burden, summed in points.items():
                sums[burden] += summed
        lines += unit
    head = ["RE,1,1112,202404,見本　太郎,1,19500401", f"HO,  138123,１,２,1,{sums['1'] + sums['2']},,,,,,,,,"]
    return [*head, *([f"KO,15136019,1,,1,{sums['2'] + sums['5']},,,,,,"] if public else []), *lines]


@settings(max_examples=25)
@given(files(), st.integers(40, 4_000), st.integers(30, 5_000))
def test_two_readers_agree(content: bytes, size: int, step: int) -> None:
    slow, fast = slowly(content), read(content, size, step)
    assert sorted(fast.problems) == sorted(slow.problems)
    assert fast.reader.found.receipts == slow.receipts
    acts = fast.tables["acts"].select("line", "unit", "category", "code", "points", "days").rows()
    assert [(line, unit, category or 0, *rest) for line, unit, category, *rest in acts] == slow.acts


@settings(max_examples=15)
@given(files(), st.integers(0, 10_000), st.integers(0, 255))
def test_one_changed_byte_never_ends_in_anything_but_a_finding(content: bytes, place: int, byte: int) -> None:
    damaged = bytearray(content)
    damaged[place % len(damaged)] = byte
    found = read(bytes(damaged))
    assert all(one.what and one.next_step for one in found.reader.findings.refused.in_order())


@settings(max_examples=15)
@given(files(), st.integers(1, 10_000))
def test_a_file_cut_off_anywhere_is_refused(content: bytes, cut: int) -> None:
    whole = content.rstrip(b"\r\n\x1a")
    short = whole[: len(whole) - 1 - cut % (len(whole) - 1)]
    # Cut just between two institutions it is a whole file of the first.
    assume(not re.search(rb"\nGO,[0-9]+,[0-9]+,99\r?\n?$", short))
    assert read(short).problems

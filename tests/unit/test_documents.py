"""Documents: whole or refused, the same everywhere, and what people wrote stays what they wrote."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from azukari.core.documents.api import Fill, Progress, missing_glyphs, render, render_many
from azukari.core.documents.types import silent
from azukari.kernel.errors import BadInput, Busy, Unavailable
from support import letters, pdf

HOSTILE = (
    '#import "@preview/x:1.0.0"',
    "$x^2$ *太字* _斜体_",
    "\\u{41} \\ \\#",
    "@ref <label> // 注 /* 注 */",
    "= 見出し",
    "- 項目 -- --- ... 'a' \"b\" ~",
    '#eval("1+1") #{1+1} [x] `raw`',
    "https://example.jp/a",
)
ROOT = Path(__file__).parents[2]
ITEMS = [f"第{number}号" for number in range(1, 8)]
MANY = [f"第{number}号" for number in range(1, 151)]
RUN = """
from pathlib import Path
from azukari.core.documents.api import render_many
from support import letters
items = [f"第{{number}}号" for number in range(1, 151)]
render_many(Path({0!r}), items, letters.fill, Path({1!r}), chunk=3, created=letters.CREATED, processes=1)
"""


def made(folder: Path, *texts: str) -> bytes:
    return render(letters.template(folder), letters.fill(texts), created=letters.CREATED)


def many(
    out: Path,
    items: list[str] = ITEMS,
    processes: int = 1,
    fill: Fill = letters.fill,
    progress: Progress = silent,
) -> list[Path]:
    source, day = letters.template(out.parent), letters.CREATED
    return render_many(source, items, fill, out, chunk=3, created=day, processes=processes, progress=progress)


def contents(paths: list[Path]) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_it_is_pdf_a_and_its_text_can_be_copied(tmp_path: Path) -> None:
    document = made(tmp_path, "世田谷　花子", "二枚目")
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B<", document)
    assert pdf.page_count(document) == 2
    assert pdf.says(document, "世田谷　花子")
    assert not pdf.says(document, "世田谷　太郎")


def test_the_same_input_gives_the_same_bytes_and_another_day_others(tmp_path: Path) -> None:
    again = render(letters.template(tmp_path), letters.fill(["一"]), created=letters.CREATED.replace(day=2))
    assert made(tmp_path, "一") == made(tmp_path, "一") != again
    assert b"2019-04-02" in again


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_stands_there_as_they_wrote_it(tmp_path: Path, text: str) -> None:
    assert pdf.says(made(tmp_path, text), text)


def test_a_character_without_a_glyph_is_named_with_its_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=re.escape("「見本 \U00012000」の「\U00012000」（U+12000）")):
        made(tmp_path, "よい", "見本 \U00012000")


@pytest.mark.parametrize("text", ["\u202e逆", "\x00", "一\t二", "\U000e0100", "葛\U000e0150", "神\ufe0f", "\U0001f600"])
def test_what_cannot_be_seen_is_not_printed(text: str) -> None:
    assert [found for found, _ in missing_glyphs(["髙﨑 濵", text])] == [text]


def test_a_variant_is_drawn_in_its_own_shape(tmp_path: Path) -> None:
    """葛 of 葛飾区 and of 葛城市 are one character and two shapes."""
    both = ["葛\U000e0100", "葛\U000e0101"]
    one, other = (pdf.picture(letters.template(tmp_path), letters.fill([text]), 100)[0] for text in both)
    assert missing_glyphs(both) == []
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize(
    "source", ['#import "@preview/x:1.0.0"', '#include "other.typ"', '#eval(json("data.json").texts.first())']
)
def test_a_template_that_fetches_or_runs_a_text_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(ValueError, match=r"letter\.typ"):
        render(letters.template(tmp_path, source), letters.fill(["1"]), created=letters.CREATED)


@pytest.mark.parametrize("path", ["/etc/hostname", "../../../../../../../../etc/hostname", "letter.typ"])
def test_a_template_sees_nothing_else_of_the_disk(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInput, match=r"letter\.typ"):
        render(letters.template(tmp_path, f'#read("{path}")'), {}, created=letters.CREATED)


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    source = letters.template(tmp_path, '#image("a.png")')
    with pytest.raises(BadInput, match="書類を作れません"):
        render(source, {}, files={"a.png": b"no picture"}, created=letters.CREATED)
    with pytest.raises(ValueError, match=r"data\.json"):
        render(source, {}, files={"data.json": b"{}"}, created=letters.CREATED)


def test_several_processes_make_the_files_one_would_make(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    alone = many(tmp_path / "one")
    together = many(tmp_path / "two", processes=2, progress=lambda done, total: told.append((done, total)))
    assert [path.name for path in together] == ["00001-00003.pdf", "00004-00006.pdf", "00007-00007.pdf"]
    assert contents(alone) == contents(together)
    assert [pdf.page_count(one) for one in contents(alone)] == [3, 3, 1]
    assert told[0] == (0, 7)
    assert told[-1] == (7, 7)


def test_whole_files_are_kept_and_others_made_again(tmp_path: Path) -> None:
    first, second, third = paths = many(tmp_path / "out")
    before, kept = contents(paths), first.stat().st_ino
    second.write_bytes(before[1][:-100])
    third.unlink()
    leftover = tmp_path / "out" / "00007-00007.pdf.part"
    leftover.write_bytes(b"half")
    assert contents(many(tmp_path / "out")) == before
    assert first.stat().st_ino == kept
    assert not leftover.exists()


def test_other_input_is_not_mixed_in(tmp_path: Path) -> None:
    before = contents(many(tmp_path / "out"))
    with pytest.raises(BadInput, match="別の内容"):
        many(tmp_path / "out", [*ITEMS[1:], "別の号"])
    assert contents(sorted((tmp_path / "out").glob("*.pdf"))) == before


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path) -> None:
    many(tmp_path / "out")
    with (tmp_path / "out" / "run.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            many(tmp_path / "out")


@pytest.mark.parametrize("processes", [1, 2])
def test_a_text_that_cannot_be_printed_is_told_from_any_process(tmp_path: Path, processes: int) -> None:
    with pytest.raises(BadInput, match=r"U\+12000"):
        many(tmp_path / "out", [*ITEMS, "\U00012000"], processes)


def test_a_killed_process_is_told_and_what_was_made_stays_whole(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="途中で"):
        many(tmp_path / "out", [*ITEMS, "致命"], 2, letters.fill_or_die)
    assert all(one.rstrip().endswith(b"%%EOF") for one in contents(list((tmp_path / "out").glob("*.pdf"))))


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = RUN.format(str(letters.template(tmp_path)), str(out))
    path = os.pathsep.join(str(ROOT / name) for name in ("src", "tests"))
    with subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path}) as run:
        while len(list(out.glob("*.pdf"))) < 3:
            assert run.poll() is None
        run.send_signal(signal.SIGKILL)
    before = {path: path.stat().st_ino for path in out.glob("*.pdf")}
    after = many(out, MANY)
    assert 3 <= len(before) < len(after) == 50
    assert all(path.stat().st_ino == inode for path, inode in before.items())
    assert contents(after[:3]) == contents(many(tmp_path / "other", MANY[:9]))


def test_nothing_to_print_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="印刷するもの"):
        many(tmp_path / "out", [])

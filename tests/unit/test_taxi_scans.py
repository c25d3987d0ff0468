from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import random
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path, PosixPath

import numpy as np
import pytest
from PIL import Image

from azukari.business.taxi import layout, scans, serials
from azukari.business.taxi.scans import PageRead, folder, pages, reading
from azukari.business.taxi.types import Kind
from azukari.kernel.errors import BadInput
from support import slips
from support.slips import Wear

NUMBERS = [serials.serial(2019, kind, running) for running in range(1, 40) for kind in Kind]
NUMBER, OTHER = NUMBERS[:2]
TURNED_PLACE = layout.Box(6, 46, 18, 18)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize("colour", [False, True])
def test_a_clean_page_is_read(tmp_path: Path, kind: str, dpi: int, colour: bool) -> None:
    image = slips.slip(NUMBER, dpi)
    path = tmp_path / "page"
    path.write_bytes(slips.encoded(slips.red(image, dpi) if colour else image, kind, dpi))
    read = scans.read_page(path)
    assert (read.serial, read.turned, read.dpi, read.note) == (NUMBER, False, dpi, "")
    assert read.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read.box is not None
    left, top, right, bottom = layout.QR.pixels(dpi)
    assert left <= read.box[0] < read.box[2] <= right
    assert top <= read.box[1] < read.box[3] <= bottom


@pytest.mark.parametrize("dpi", [200, 300])
def test_a_page_upside_down_is_read_and_told(dpi: int) -> None:
    read = scans.read_page(slips.worn(slips.slip(NUMBER, dpi), Wear(upside_down=True, skew=1.5), dpi))
    assert (read.serial, read.turned, read.dpi, read.note) == (NUMBER, True, dpi, "")


@pytest.mark.parametrize("told", [None, 72, 1, 96])
def test_what_the_file_says_of_its_resolution_need_not_be_true(tmp_path: Path, told: int | None) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(slips.encoded(slips.slip(NUMBER, 200), "PNG", told))
    assert scans.read_page(path).dpi == 200


@pytest.mark.parametrize(
    "wear",
    [
        Wear(noise=25),
        Wear(noise=40),
        Wear(blur=2),
        Wear(skew=2, shift=(3, -3)),
        Wear(skew=-2, shift=(-3, 3)),
        Wear(jpeg=40, noise=8),
        Wear(brightness=0.5, noise=5),
        Wear(brightness=1.4, noise=8),
        Wear(stamp=0.2),
        Wear(1.5, (2, 2), 12, 1, 0.8, 0.2, upside_down=True, jpeg=40),
    ],
)
@pytest.mark.parametrize("dpi", [200, 300])
def test_a_worn_page_is_read(wear: Wear, dpi: int) -> None:
    assert scans.read_page(slips.worn(slips.slip(NUMBER, dpi), wear, dpi)).serial == NUMBER


@pytest.mark.parametrize("kind", ["1", "P", "LA", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_way_to_keep_a_picture_is_read(tmp_path: Path, kind: str) -> None:
    grey = slips.slip(NUMBER)
    image = Image.fromarray(np.asarray(grey, np.uint16) * 257) if kind == "I;16" else grey.convert(kind)
    path = tmp_path / "page"
    image.save(path, "TIFF" if kind in {"CMYK", "F", "I"} else "PNG")
    assert scans.read_page(path).serial == NUMBER


def test_ink_on_a_transparent_page_is_ink_on_paper(tmp_path: Path) -> None:
    grey = slips.slip(NUMBER)
    ink = Image.new("RGBA", grey.size, (0, 0, 0, 0))
    ink.putalpha(grey.point(lambda level: 255 - level))
    ink.save(tmp_path / "page.png")
    assert scans.read_page(tmp_path / "page.png").serial == NUMBER


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_a_page_that_says_how_to_turn_it_is_turned(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[pages.ORIENTATION] = 3
    path = tmp_path / "page"
    slips.slip(NUMBER).transpose(Image.Transpose.ROTATE_180).save(path, kind, exif=exif)
    assert scans.read_page(path).turned is False
    assert _ink(scans.four_items_crop(path, False, 300)) == _ink(_four_items(slips.slip(NUMBER)))


@pytest.mark.parametrize(
    ("image", "note"),
    [
        (Image.new("L", (1748, 827), 250), reading.BLANK),
        (slips.worn(Image.new("L", (1748, 827), 200), Wear(noise=8)), reading.BLANK),
        (slips.paper(300), reading.NO_CODE),
        (slips.torn(slips.slip(NUMBER)), reading.TORN),
        (slips.with_code("HTTPS://EXAMPLE.JP/1"), reading.FOREIGN),
        (slips.with_code(f"{NUMBER:012d}"), reading.FOREIGN),
        (slips.with_code(f"AZT1{NUMBER + 1:012d}"), reading.WRONG_CHECK),
        (slips.with_code("AZT1"), reading.WRONG_CHECK),
        (slips.worn(slips.slip(NUMBER), Wear(stamp=0.6)), reading.DAMAGED),
        (Image.new("L", (1, 1)), reading.BLANK),
    ],
)
def test_a_page_without_a_number_says_why(image: Image.Image, note: str) -> None:
    read = scans.read_page(image)
    assert (read.serial, read.note) == (0, note)


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_damaged_code_in_its_place_still_says_how_the_slip_lies(upside_down: bool) -> None:
    read = scans.read_page(slips.worn(slips.slip(NUMBER), Wear(stamp=0.6, upside_down=upside_down)))
    assert (read.serial, read.turned, read.dpi) == (0, upside_down, 300)


def test_two_numbers_in_the_places_of_codes_are_held_not_guessed() -> None:
    image = slips.with_code(serials.qr_text(OTHER), at=TURNED_PLACE)
    both = slips.with_code(serials.qr_text(NUMBER), on=image)
    for page in (both, slips.worn(both, Wear(upside_down=True))):
        assert scans.read_page(page) == PageRead("", note=reading.TWO)


def test_several_slips_on_one_sheet_are_held() -> None:
    sheet = Image.new("L", (1748, 827 * 2), 250)
    for row, number in enumerate((NUMBER, OTHER)):
        sheet.paste(slips.slip(number), (0, row * 827))
    assert scans.read_page(sheet) == PageRead("", note=reading.TWO)


def test_a_sticker_with_another_code_does_not_hide_the_number() -> None:
    image = slips.with_code("HTTPS://EXAMPLE.JP/1", at=TURNED_PLACE)
    read = scans.read_page(slips.with_code(serials.qr_text(NUMBER), on=image))
    assert (read.serial, read.note) == (NUMBER, "")


@pytest.mark.parametrize(
    "image",
    [
        slips.slip(NUMBER).transpose(Image.Transpose.ROTATE_90),
        slips.slip(NUMBER).transpose(Image.Transpose.ROTATE_270),
        slips.slip(NUMBER).resize((1748, 1200)),
        slips.slip(NUMBER).crop((300, 0, 1748, 827)),
        slips.with_code(serials.qr_text(NUMBER), at=layout.Box(60, 8, 18, 18)),
    ],
)
def test_a_number_out_of_its_place_counts_but_nothing_may_be_cut(image: Image.Image) -> None:
    read = scans.read_page(image)
    assert (read.serial, read.dpi, read.note) == (NUMBER, 0, reading.MISPLACED)


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _bomb(_content: bytes) -> bytes:
    """A PNG of 30,000 × 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_cut, "途中で切れています"),
        (_bomb, "大きすぎます"),
        (lambda _: b"%PDF-1.7\n", "PDF です"),
        (lambda _: b"name,fare\n", "画像ではありません"),
        (lambda _: b"", "空です"),
        (lambda _: b"GIF89a" + bytes(100), "画像ではありません"),
    ],
)
def test_a_file_that_is_no_page_is_told(
    tmp_path: Path, kind: str, change: Callable[[bytes], bytes], words: str
) -> None:
    content = change(slips.encoded(slips.worn(slips.slip(NUMBER), Wear(noise=5)), kind))
    path = tmp_path / "page"
    path.write_bytes(content)
    read = scans.read_page(path)
    assert read.serial == 0
    assert words in read.note
    assert read.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(BadInput, match=words):
        scans.whole(path, False)
    with pytest.raises(BadInput, match=words):
        scans.four_items_crop(path, False, 300)


def test_a_file_of_several_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.tif"
    slips.slip(NUMBER).save(path, save_all=True, append_images=[slips.slip(OTHER)])
    read = scans.read_page(path)
    assert (read.serial, "2 枚" in read.note) == (0, True)


def test_a_file_too_large_to_be_a_page_is_not_taken_into_memory(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    with path.open("wb") as target:
        target.truncate(pages.MAX_BYTES + 1)
    read = scans.read_page(path)
    assert "大きすぎます" in read.note
    assert len(read.sha256) == 64


def test_links_pipes_folders_and_missing_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(slips.encoded(slips.slip(NUMBER)))
    (tmp_path / "link.png").symlink_to(tmp_path / "page.png")
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("link.png", "pipe.png", "missing.png", "."):
        assert scans.read_page(tmp_path / name) == PageRead(
            "", note="画像のファイルがありません。置き場所を確かめてください。"
        )


def test_notes_fit_their_column() -> None:
    notes = [words for name, words in vars(reading).items() if name.isupper() and isinstance(words, str)]
    assert len(notes) == 8
    assert max(map(len, [*notes, folder.CRASHED])) <= 200


def test_the_four_items_are_cut_and_nothing_else(tmp_path: Path) -> None:
    clean = slips.slip(NUMBER)
    for turned in (False, True):
        path = tmp_path / f"{turned}.png"
        path.write_bytes(slips.encoded(slips.worn(clean, Wear(upside_down=turned))))
        cut = scans.four_items_crop(path, turned, 300)
        assert _ink(cut) == _ink(_four_items(clean))
        assert scans.read_page(Image.open(io.BytesIO(cut))).serial == 0


def test_nothing_of_the_file_but_its_picture_is_in_what_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-NAME"
    path = tmp_path / "page.jpg"
    slips.slip(NUMBER).save(path, exif=exif, comment=b"SECRET-NAME", icc_profile=b"SECRET-NAME", dpi=(300, 300))
    assert b"SECRET-NAME" in path.read_bytes()
    for shown in (scans.four_items_crop(path, False, 300), scans.whole(path, False)):
        assert b"SECRET-NAME" not in shown
        assert not Image.open(io.BytesIO(shown)).info


@pytest.mark.parametrize("dpi", [0, 72, 200, 10**9, -300])
def test_no_cut_when_the_page_is_no_slip_at_that_resolution(tmp_path: Path, dpi: int) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(slips.encoded(slips.slip(NUMBER, 300)))
    with pytest.raises(BadInput, match="四項目"):
        scans.four_items_crop(path, False, dpi)


def test_the_whole_page_is_small_enough_for_the_web(tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    path.write_bytes(slips.encoded(slips.red(slips.slip(NUMBER)), "JPEG"))
    shown, turned = (Image.open(io.BytesIO(scans.whole(path, turned))) for turned in (False, True))
    assert (shown.format, shown.width, shown.mode) == ("PNG", 1200, "RGB")
    assert scans.read_page(shown).serial == NUMBER
    difference = np.abs(np.asarray(shown, int) - np.asarray(scans.upright(turned, True), int))
    assert difference.mean() < 2


# The folder


def test_pages_come_in_order_with_progress(tmp_path: Path) -> None:
    paths = slips.folder(tmp_path, NUMBERS[:50], "JPEG", 200)
    told: list[tuple[int, int]] = []
    answers = list(scans.read_folder(paths, processes=2, progress=lambda done, total: told.append((done, total))))
    assert [answer.serial for answer in answers] == NUMBERS[:50]
    assert told == [(done, 50) for done in range(1, 51)]
    assert answers == [scans.read_page(path) for path in paths]


def test_an_empty_folder_is_nothing() -> None:
    assert list(scans.read_folder([], {}, 2)) == []


def test_a_known_page_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = slips.folder(tmp_path, NUMBERS[:20], "JPEG", 200)
    read: list[str] = []

    def counted(taken: bytes, sha256: str) -> PageRead:
        read.append(sha256)
        return reading.read_content(taken, sha256)

    hashes = [pages.fingerprint(path) for path in paths]
    monkeypatch.setattr(folder, "read_content", counted)
    monkeypatch.setattr(folder, "_KNOWN", set(hashes[:15]))
    answers = folder._read_chunk(paths)
    assert answers[:15] == hashes[:15]
    assert read == hashes[15:]


def test_what_is_known_of_a_page_is_given_as_it_stands(tmp_path: Path) -> None:
    paths = slips.folder(tmp_path, NUMBERS[:20], "JPEG", 200)
    known = {
        sha256: PageRead(sha256, OTHER, note=str(index))
        for index, sha256 in enumerate(map(pages.fingerprint, paths[:15]))
    }
    answers = list(scans.read_folder(paths, known, 2))
    assert answers[:15] == list(known.values())
    assert [answer.serial for answer in answers[15:]] == NUMBERS[15:20]


class Deadly(PosixPath):
    """A page that ends the worker it is given to, as a crash of the decoder would."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (1,)


def test_a_page_that_ends_its_worker_is_reported_and_no_other_is_lost(tmp_path: Path) -> None:
    paths = slips.folder(tmp_path, NUMBERS[:70], "JPEG", 200)
    for index in (5, 6, 40):
        paths[index] = Deadly(paths[index])
    answers = list(scans.read_folder(paths, {}, 2))
    assert [answer.serial for answer in answers] == [
        0 if index in {5, 6, 40} else number for index, number in enumerate(NUMBERS[:70])
    ]
    crashed = answers[40]
    assert crashed == PageRead(pages.fingerprint(paths[40]), note=folder.CRASHED)


def test_workers_killed_from_outside_lose_nothing(tmp_path: Path) -> None:
    paths = slips.folder(tmp_path, NUMBERS, "JPEG", 200)
    answers = scans.read_folder(paths, {}, 2)
    first = list(islice(answers, 3))
    for worker in multiprocessing.active_children():
        os.kill(worker.pid or 0, signal.SIGKILL)
    assert [answer.serial for answer in [*first, *answers]] == NUMBERS


def test_a_page_that_takes_too_long_ends_its_worker() -> None:
    """The limit is the process's own: a page that never ends cannot hold up the others."""
    code = (
        "from azukari.business.taxi.scans import folder\n"
        "from pathlib import Path\n"
        "folder.CPU_SECONDS = 0.2\n"
        "folder.pages.content = lambda path: [None for _ in iter(int, 1)]\n"
        "folder._read_one(Path('page'))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert ended.returncode == -signal.SIGPROF


def test_stopping_early_ends_the_workers(tmp_path: Path) -> None:
    answers = scans.read_folder(slips.folder(tmp_path, NUMBERS[:40], "JPEG", 200), {}, 2)
    next(answers)
    assert multiprocessing.active_children()
    answers.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


READER = """
import multiprocessing, sys
from pathlib import Path
from azukari.business.taxi import scans
for answer in scans.read_folder(sorted(Path(sys.argv[1]).iterdir()), {}, 2):
    print(answer.sha256, answer.serial, *(child.pid for child in multiprocessing.active_children()), flush=True)
"""


def test_after_a_kill_the_workers_end_and_the_rest_is_read(tmp_path: Path) -> None:
    paths = slips.folder(tmp_path, NUMBERS, "JPEG", 200)
    known: dict[str, PageRead] = {}
    workers: set[int] = set()
    with subprocess.Popen([sys.executable, "-c", READER, tmp_path], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout
        for line in islice(killed.stdout, 20):
            sha256, number, *pids = line.split()
            known[sha256] = PageRead(sha256, int(number))
            workers.update(map(int, pids))
        killed.kill()
    assert workers
    assert all(_ends(pid) for pid in workers)
    answers = list(scans.read_folder(paths, known, 2))
    assert [answer.serial for answer in answers] == NUMBERS
    assert sum(answer.sha256 in known for answer in answers) == len(known) == 20


def _ends(pid: int) -> bool:
    """Within half a minute. One that nobody has collected yet has ended too."""
    for _ in range(300):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.1)
    return False


def test_broken_bytes_never_stop_the_reading(tmp_path: Path) -> None:
    chance = random.Random(815)
    whole = {kind: slips.encoded(slips.slip(NUMBER, 200), kind, 200) for kind in ("PNG", "JPEG", "TIFF")}
    paths = []
    for index in range(90):
        content = bytearray(whole[("PNG", "JPEG", "TIFF")[index % 3]])
        for _ in range(chance.choice([1, 5, 50])):
            content[chance.randrange(min(len(content), 3000))] = chance.randrange(256)
        paths.append(tmp_path / f"{index:03d}")
        paths[-1].write_bytes(content)
    answers = list(scans.read_folder(paths, {}, 2))
    assert len(answers) == 90
    assert all(answer.serial == NUMBER or (not answer.serial and answer.note) for answer in answers)
    assert len({answer.serial for answer in answers}) == 2


def _four_items(image: Image.Image) -> bytes:
    cut = image.crop(layout.FOUR_ITEMS.pixels(300))
    cut.thumbnail((pages.WEB_WIDTH, pages.WEB_WIDTH), reducing_gap=2.0)
    return slips.encoded(cut)


def _ink(content: bytes) -> list[int]:
    """Where there is ink, coarsely: the same for the same cut of the same slip, however it was kept."""
    with Image.open(io.BytesIO(content)) as image:
        small = image.convert("L").resize((60, 16), Image.Resampling.BOX).point(lambda level: level < 200 and 255)
        return list(small.tobytes())

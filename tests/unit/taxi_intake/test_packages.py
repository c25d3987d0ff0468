"""Where claims are found, and what a zip or a folder may not hold."""

from __future__ import annotations

import os
import struct
import zipfile
from pathlib import Path

import pytest

from azukari.business.taxi.intake import LIMITS, Entry, Limits, Package, Problem, Rejected, find, read_claim
from azukari.core.intake.api import blocks, open_file
from azukari.kernel.errors import BadInput, NotFound
from unit.taxi_intake.made import INVOICE, PNG, VOUCHERS, folder, problems, read, zipped

CLAIM = {"invoice.csv": INVOICE, "vouchers.csv": VOUCHERS}


def below(name: str) -> dict[str, str | bytes]:
    return {f"{name}/{file}": text for file, text in CLAIM.items()}


def names(*paths: Path) -> list[str]:
    return [found.name for found in find(paths)]


def test_folders_zips_and_folders_of_both(tmp_path: Path) -> None:
    month = tmp_path / "june"
    folder(month, name="0012")
    folder(month / "north", name="0003")
    zipped(month / "0007.zip", CLAIM)
    zipped(month / "many.zip", {**below("0009"), **below("a/0008"), "key.json": "{}"})
    (month / "key.json").write_text("{}", encoding="utf-8")
    assert names(month) == ["0007.zip", "0012", "many.zip/0009", "many.zip/a/0008", "0003"]
    assert names(month / "0012") == ["0012"]
    assert names(month / "0007.zip", month / "0007.zip") == ["0007.zip"]
    for found in find([month]):
        assert read_claim(found).originals[0].name == "invoice.csv"
        assert not isinstance(read_claim(found), Rejected)


def test_a_claim_in_a_zip_is_the_same_claim(tmp_path: Path) -> None:
    on_disk = read(folder(tmp_path, {"pages/1.png": PNG}))
    [package] = find([zipped(tmp_path / "a.zip", {**CLAIM, "pages/1.png": PNG, "__MACOSX/._x": "x", "Thumbs.db": "x"})])
    in_zip = read_claim(package)
    assert not isinstance(in_zip, Rejected)
    assert in_zip.invoice == on_disk.invoice
    assert in_zip.warnings == ()
    assert [(one.name, one.sha256) for one in in_zip.originals] == [(one.name, one.sha256) for one in on_disk.originals]


def test_what_is_no_claim_is_told_and_not_passed_over(tmp_path: Path) -> None:
    month = tmp_path / "june"
    folder(month, name="0012")
    folder(month, {"invoice.csv": ""}, name="0013")
    (month / "0014.zip").write_bytes(b"%PDF-1.4")
    (month / "0015.lzh").write_bytes(b"-lh5-")
    (month / "empty").mkdir()
    zipped(month / "0016.zip", {**below("0001"), "0002/vouchers.csv": VOUCHERS})
    assert names(month) == ["0012", "0013", "0014.zip", "0015.lzh", "0016.zip/0001", "0016.zip/0002"]
    outcomes = {found.name: read_claim(found) for found in find([month])}
    words = {name: one.problems[0].what for name, one in outcomes.items() if isinstance(one, Rejected)}
    assert words == {
        "0013": "請求書がありません。",
        "0014.zip": "zip の終わりがありません。",
        "0015.lzh": "zip の終わりがありません。",
        "0016.zip/0002": "請求書がありません。",
    }
    assert names(month / "empty") == ["empty"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="june"):
        find([tmp_path / "june"])


def named(path: Path, raw: bytes) -> Path:
    """A zip of one claim whose folder's name is these bytes, without a word about their encoding."""
    stand_in = "x" * len(raw)
    zipped(path, below(stand_in))
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), raw))
    return path


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("表予約十二".encode("cp932"), "表予約十二"),
        ("見本交通".encode(), "見本交通"),
        (b"june\\0012", "june/0012"),
    ],
)
def test_folder_names_in_zips(tmp_path: Path, raw: bytes, name: str) -> None:
    [package] = find([named(tmp_path / "a.zip", raw)])
    assert package.name == f"a.zip/{name}"
    assert not isinstance(read_claim(package), Rejected)


@pytest.mark.parametrize(
    "raw", [b"../0012", b"a/../../b", b"/etc/00", b"\\\\host\\c", b"C:/0012", b"..\\0012", b"a/./b"]
)
def test_names_that_lead_outside(tmp_path: Path, raw: bytes) -> None:
    assert "外を指す名前" in told(named(tmp_path / "a.zip", raw))


def told(path: Path, limits: Limits = LIMITS) -> str:
    """What is said first of the one claim in a zip."""
    [package] = find([path], limits=limits)
    found = read_claim(package)
    assert isinstance(found, Rejected)
    return found.problems[0].what


def with_entry(path: Path, name: str, mode: int = 0, flags: int = 0, method: int = zipfile.ZIP_STORED) -> Path:
    zipped(path, CLAIM)
    with zipfile.ZipFile(path, "a") as made:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = mode << 16, method
        made.writestr(info, b"invoice.csv")
        info.flag_bits |= flags
    return path


def test_links_and_devices_in_a_zip(tmp_path: Path) -> None:
    for kind in (0o120777, 0o010644, 0o020644, 0o060644, 0o140644):
        assert "リンクか装置" in told(with_entry(tmp_path / f"{kind}.zip", "pages/1.png", mode=kind))


def test_zips_in_zips_encryption_and_odd_methods(tmp_path: Path) -> None:
    assert "圧縮ファイルです" in told(with_entry(tmp_path / "a.zip", "more.ZIP"))
    assert "暗号" in told(with_entry(tmp_path / "b.zip", "c.txt", flags=1))
    assert "圧縮の方式" in told(with_entry(tmp_path / "c.zip", "c.txt", method=zipfile.ZIP_BZIP2))


def test_the_same_name_twice(tmp_path: Path) -> None:
    assert "二つあります" in told(with_entry(tmp_path / "a.zip", "Invoice.csv"))


def test_bombs(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {**CLAIM, "pages/1.png": PNG + b"\0" * (8 << 20)})
    assert "異常に大きくなります" in told(path)
    small = zipped(tmp_path / "b.zip", {**CLAIM, "pages/1.png": PNG, "pages/2.png": PNG})
    assert "多すぎます" in told(small, Limits(entries=3))
    assert "広げると大きすぎます" in told(small, Limits(total=100))
    many = tmp_path / "c.zip"
    with zipfile.ZipFile(many, "w") as made:
        for number in range(20_001):
            made.writestr(f"pages/{number}.png", b"")
    assert "多すぎます" in told(many)


def test_a_zip_that_lies_about_sizes(tmp_path: Path) -> None:
    """A page is announced with ten bytes and holds a megabyte."""
    path = zipped(tmp_path / "a.zip", {**CLAIM, "pages/1.png": PNG + os.urandom(1 << 20)})
    size = struct.pack("<I", len(PNG) + (1 << 20))
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 10)))
    assert "壊れています" in told(path)


def test_a_zip_with_a_changed_byte(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {**CLAIM, "pages/1.png": PNG + os.urandom(1000)})
    data = bytearray(path.read_bytes())
    data[data.index(b"pages/1.png") + 500] ^= 1
    path.write_bytes(data)
    assert "壊れています" in told(path)


def test_a_zip_cut_anywhere(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", CLAIM)
    whole = path.read_bytes()
    for length in range(0, len(whole), 13):
        path.write_bytes(whole[:length])
        assert told(path).startswith("zip の終わり")


def test_something_behind_two_ends_and_far_ends(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", CLAIM)
    whole = path.read_bytes()
    at = len(whole) - 22
    directory = struct.unpack_from("<I", whole, at + 16)[0]
    far = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, at - directory, directory)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    for spoilt, words in (
        (whole + b"x", "終わりが正しくありません"),
        (whole + whole, "終わりが正しくありません"),
        (whole[:at] + far + locator + whole[at:], "ZIP64"),
    ):
        path.write_bytes(spoilt)
        assert words in told(path)


def test_an_end_that_shifts_every_place_before_the_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", CLAIM)
    whole = bytearray(path.read_bytes())
    [directory] = struct.unpack_from("<I", whole, len(whole) - 6)
    struct.pack_into("<I", whole, len(whole) - 6, directory + 512)
    path.write_bytes(whole)
    assert "壊れています" in told(path)


def test_an_entry_longer_than_announced_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"x" * (8 << 20)})
    with zipfile.ZipFile(path) as opened:
        [info] = opened.infolist()
    entry = Entry(path, "a.csv", 0, info.compress_size, 2 << 20, info.CRC, deflated=True)
    unpacked: list[bytes] = []
    with pytest.raises(BadInput, match="壊れています"):
        unpacked.extend(blocks(entry))
    assert 0 < sum(map(len, unpacked)) <= entry.size


def test_links_are_not_followed(tmp_path: Path) -> None:
    real = folder(tmp_path, {"pages/1.png": PNG})
    month = tmp_path / "june"
    month.mkdir()
    (month / "linked").symlink_to(real, target_is_directory=True)
    (month / "linked.zip").symlink_to(zipped(tmp_path / "a.zip", CLAIM))
    inside = folder(month, {"vouchers.csv": ""}, name="inside")
    (inside / "vouchers.csv").symlink_to(real / "vouchers.csv")
    (inside / "pages").symlink_to(real / "pages")
    assert names(month) == ["inside", "linked", "linked.zip"]
    seen = {found.name: {(one.file, one.what) for one in problems_of(found)} for found in find([month])}
    assert seen["linked"] == {("linked", "リンクです。")}
    assert seen["linked.zip"] == {("linked.zip", "リンクです。")}
    assert seen["inside"] >= {("vouchers.csv", "リンクです。"), ("pages", "リンクです。")}
    assert names(month / "linked") == ["linked"]


def problems_of(found: Path | Package) -> tuple[Problem, ...]:
    read_back = read_claim(found)
    assert isinstance(read_back, Rejected)
    return read_back.problems


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    claim = folder(tmp_path, {"vouchers.csv": ""})
    os.mkfifo(claim / "vouchers.csv")
    assert ("vouchers.csv", "ふつうのファイルではありません。") in {(one.file, one.what) for one in problems(claim)}


def test_a_link_put_there_after_looking(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(BadInput):
            open_file(tmp_path / name)

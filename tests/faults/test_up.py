"""A start that cannot be: what, why and what next; its own exit code; database and files as they were."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

from azukari.config.home import ROOT
from azukari.config.server import without_credentials
from support.installation import WARD, Installation, free_port

BAD_INPUT, UNAVAILABLE, BUSY = 65, 69, 75


def told(text: str, *words: str) -> None:
    assert all(word in text for word in ("理由:", "次に:", *words)), text
    assert "Traceback" not in text


def test_a_port_in_use(made: Installation) -> None:
    before = made.files()
    with socket.create_server(("127.0.0.1", made.port)):
        done = made.run("up", "--port", str(made.port))
    assert done.returncode == UNAVAILABLE
    told(done.stderr, f"ポート {made.port}", f"--port {made.port + 1}")
    assert made.files() == before


def test_a_second_up_beside_the_first(serving: tuple[Installation, int]) -> None:
    first, pid = serving
    done = first.run("up", "--port", str(free_port()))
    assert done.returncode == BUSY
    told(done.stderr, str(pid), str(first.port))
    assert first.answers()


def test_another_ward_size(made: Installation) -> None:
    before = made.files()
    done = made.run("up", "--port", str(made.port), "--ward-size", str(WARD + 1))
    assert done.returncode == BAD_INPUT
    told(done.stderr, f"{WARD} 人", "何も変更していません")
    assert made.files() == before


def test_no_demo_on_a_demonstration_ward(made: Installation) -> None:
    before = made.files()
    done = made.run("up", "--port", str(made.port), "--no-demo")
    assert done.returncode == BAD_INPUT
    told(done.stderr, "AZUKARI_HOME")
    assert made.files() == before


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "consultations", tmp_path / "consultations")
    return tmp_path / "consultations"


def _cut(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8")[:-200].rstrip() + '\nname = "', encoding="utf-8")


def _not_utf8(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932", errors="replace"))


def _twice(path: Path) -> None:
    shutil.copy(path, path.with_name("copy.toml"))


def _ends_before_start(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[[flows]]\n", "[[flows]]\nend = 1999-01-01\n", 1), encoding="utf-8")


def _without(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_cut, ("815.toml",)),
        (_not_utf8, ("815.toml",)),
        (_twice, ("815",)),
        (_ends_before_start, ("815.toml", "1999-01-01")),
        (_without, ("815-1",)),
    ],
    ids=lambda value: getattr(value, "__name__", "").strip("_") or None,
)
def test_consultations_that_cannot_be_used(made: Installation, papers: Path, spoil: object, words: tuple[str]) -> None:
    before = made.files()
    spoil(papers / "815.toml")  # type: ignore[operator]
    made.extra["AZUKARI_CONSULTATIONS"] = str(papers)
    done = made.run("up", "--port", str(made.port))
    assert done.returncode == BAD_INPUT
    told(done.stderr, *words)
    assert made.files() == before


def test_a_setting_that_cannot_be_read(made: Installation) -> None:
    made.extra["AZUKARI_SERVING"] = "yes"
    done = made.run("up", "--port", str(made.port))
    assert done.returncode == BAD_INPUT
    told(done.stderr, "AZUKARI_SERVING", "yes")


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = Installation(tmp_path / "file" / "home").run("up")
    assert done.returncode == UNAVAILABLE
    told(done.stderr, str(tmp_path / "file"))


def test_secrets_that_are_lost(made: Installation) -> None:
    shutil.rmtree(made.home / "secrets")
    done = made.run("up", "--port", str(made.port))
    assert done.returncode == UNAVAILABLE
    told(done.stderr, "secrets", "控えから")


def test_a_database_that_is_not_there(fresh: Installation) -> None:
    fresh.extra["DATABASE_URL"] = "postgresql://owner:word@127.0.0.1:9/azukari"
    done = fresh.run("up", "--port", str(fresh.port), "--no-demo")
    assert done.returncode == UNAVAILABLE
    told(done.stderr, "DATABASE_URL")
    assert "word" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_stops_everything(made: Installation, number: signal.Signals) -> None:
    with made.running() as started:
        assert len(made.processes()) > 3
        started.send_signal(number)
        started.wait(30)
    assert started.returncode == 0
    assert made.processes() == []


def test_a_path_that_is_long_and_japanese(fresh: Installation) -> None:
    """The kernel allows 107 bytes for a socket's path; the socket moves, the installation stays."""
    fresh.home = fresh.home.parent / ("預かり の 保存場所 " * 6) / "home"
    with fresh.running("--no-demo"):
        assert fresh.answers()
    assert (fresh.home / "pg").is_dir()


def test_the_web_process_knows_no_owner(serving: tuple[Installation, int]) -> None:
    """S8. Looked at from outside: the environment of every process of the web server."""
    children = [pid for pid in Path("/proc").iterdir() if pid.name.isdigit() and _descends(pid, serving[1])]
    servers = [pid for pid in children if b"granian" in (pid / "cmdline").read_bytes()]
    assert servers
    for pid in servers:
        words = (pid / "environ").read_bytes()
        assert b"AZUKARI_OWNER" not in words
        assert b"PGPASSWORD" not in words


def test_the_web_process_is_given_an_address_without_credentials() -> None:
    url = without_credentials("postgresql://owner:word@db.example:5433/ward?sslmode=verify-full")
    assert "owner" not in url
    assert "word" not in url
    assert all(part in url for part in ("db.example", "5433", "ward", "verify-full"))


def _descends(process: Path, ancestor: int) -> bool:
    pid = int(process.name)
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            return False
        if pid == ancestor:
            return True
    return False


def test_only_the_loopback_address_answers(serving: tuple[Installation, int]) -> None:
    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]
    port = f"{serving[0].port:04X}"
    assert {address for address in listening if address.endswith(f":{port}")} == {f"0100007F:{port}"}
    assert not [a for a in Path("/proc/net/tcp6").read_text().splitlines()[1:] if f":{port} " in a]


@pytest.mark.skipif(os.geteuid() != 0, reason="小さなディスクを用意できるのは root だけです")
def test_a_disk_with_no_room_is_refused_before_anything_is_made(small_disk: Installation) -> None:
    done = small_disk.run("up", "--port", str(small_disk.port), "--ward-size", str(WARD))
    assert done.returncode == UNAVAILABLE
    told(done.stderr, "ディスクの空き", "MB")
    assert not (small_disk.home / "pg").exists()

"""`./azukari test`: whatever the tests need, then every check and every test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from azukari.config.home import ROOT

PACKAGES = ("chromium", "fonts-noto-cjk")
CHECKS = {
    "ruff": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "--quiet", "."),
    "mypy": ("mypy",),
    "import-linter": ("lint-imports", "--cache-dir", ".import_linter_cache"),
    "djlint": ("djlint", "--lint", "--quiet", "src/azukari"),
}
WORKERS = "2"


def test(
    arguments: Annotated[
        list[str] | None, typer.Argument(help="pytest への指定 (あるときは pytest だけを実行)")
    ] = None,
) -> None:
    """静的な検査と、すべてのテストを実行します。"""
    _say(_chromium())
    failed = [] if arguments else [name for name, command in CHECKS.items() if not _passes(name, command)]
    if failed:
        _say(f"検査に通りませんでした: {'、'.join(failed)}")
    # Flushed above, so that pytest's own summary is the last line whatever happened before.
    pytest = [sys.executable, "-m", "pytest", *(arguments or ["-n", WORKERS, "--dist", "worksteal"])]
    if not failed:
        os.chdir(ROOT)
        os.execv(sys.executable, pytest)  # so that whoever ends us ends the tests
    raise SystemExit(subprocess.run(pytest, cwd=ROOT, check=False).returncode or 1)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _passes(name: str, command: tuple[str, ...]) -> bool:
    tool = str(Path(sys.executable).parent / command[0])
    done = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    _say(f"{name}: {'合格' if done.returncode == 0 else '不合格'}")
    if done.returncode:
        _say(f"{done.stdout}{done.stderr}".rstrip())
    return done.returncode == 0


def _chromium() -> str:
    """Have Debian's Chromium where we may install it; what is answered stands above the tests."""
    if os.environ.get("AZUKARI_CHROMIUM") or shutil.which("chromium"):
        return "Chromium: あります"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "Chromium: ありません (root でないため入れられません)。画面のテストは skipped になります。"
    if _apt("install") or (_apt("update") and _apt("install")):
        return "Chromium: 入れました"
    return "Chromium: 入れられませんでした。画面のテストは skipped になります。"


def _apt(what: str) -> bool:
    packages = ("--yes", "--no-install-recommends", *PACKAGES) if what == "install" else ()
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", what, *packages]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0

#!/usr/bin/env python3
"""Take a backup of a running installation, restore it beside, and hold the two against each other.

    python deploy/restore_drill.py --from /srv/azukari --to /srv/azukari-drill --month 2026-11

PostgreSQL is copied while it works (pg_backup_start and pg_backup_stop); everything else of the folder (secrets,
checkpoints, keys) as it is. The restored ledger must verify up to at least the entry that was last before the backup, the
walls must be those of the consultations, and the month's report must be that of the original. Leaves with 0 when all of
it holds, with 1 and what differs when not. Run it with the environment of `./azukari`; nothing of the original is changed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# What belongs to the running server, not to what it keeps.
PASSING = {
    "postmaster.pid",
    "postmaster.opts",
    "pg_wal",
    "pg_stat_tmp",
    "pg_notify",
    "pg_replslot",
    "pg_dynshmem",
    "pg_subtrans",
}
LEFT_OUT = {"pg", "run", "up.lock", "pg.lock", "pg.log", "web.log", "public.log"}
WAL = "pg_wal"
AS_IT_IS = "諮問のとおりです"


def backup(source: Path, target: Path) -> None:
    """A copy of the installation at `source`, whose database runs, in the empty folder `target`."""
    os.umask(0o077)
    os.environ["AZUKARI_HOME"] = str(source)
    from azukari.config.cluster import Cluster

    target.mkdir()
    _owned_alike(source, target)
    cluster = Cluster()
    with cluster.superuser() as connection:
        connection.execute("SELECT pg_backup_start('restore drill', true)")
        _copy(cluster.data, target / "pg", PASSING)
        row = connection.execute("SELECT labelfile FROM pg_backup_stop()").fetchone()
    _copy(cluster.data / WAL, target / "pg" / WAL, set())
    label = target / "pg" / "backup_label"
    label.write_text(row[0] if row else "")
    _owned_alike(cluster.data / "PG_VERSION", label)
    for name in PASSING - {"postmaster.pid", "postmaster.opts", WAL}:
        (target / "pg" / name).mkdir()
        _owned_alike(cluster.data, target / "pg" / name)
    for one in sorted(source.iterdir()):
        if one.name not in LEFT_OUT:
            _copy(one, target / one.name, set())


def _copy(source: Path, target: Path, but: set[str]) -> None:
    """Files with their owners; what is gone meanwhile is left out, as PostgreSQL allows while it is being copied."""
    try:
        if source.is_dir():
            target.mkdir()
            for one in source.iterdir():
                if one.name not in but:
                    _copy(one, target / one.name, set())
        elif source.is_file():
            shutil.copy2(source, target)
        else:
            return
        _owned_alike(source, target)
    except FileNotFoundError:
        return


def _owned_alike(source: Path, target: Path) -> None:
    """The same owner and rights."""
    found = source.stat()
    target.chmod(found.st_mode & 0o7777)
    if (found.st_uid, found.st_gid) != (target.stat().st_uid, target.stat().st_gid):
        os.chown(target, found.st_uid, found.st_gid)


def ask(home: Path, *arguments: str) -> tuple[int, str]:
    """One command of Azukari on the installation at `home`: how it left, and what it said."""
    environment = os.environ | {"AZUKARI_HOME": str(home)}
    command = [sys.executable, "-m", "azukari.cli", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout or done.stderr


def ledger(home: Path) -> dict[str, Any]:
    """What `audit verify` finds. A ledger that does not verify is told by its findings."""
    _, said = ask(home, "audit", "verify", "--json")
    try:
        found: dict[str, Any] = json.loads(said)
    except ValueError:
        return {"ok": False, "entries": -1, "findings": said.strip()[-300:]}
    return found


def drill(source: Path, target: Path, month: str) -> list[tuple[str, bool, str]]:
    """Each thing that is held against the other: in words, whether it holds, and what was found."""
    before, report = ledger(source), ask(source, "hotstay", "report", "--month", month, "--json")
    began = time.monotonic()
    backup(source, target)
    copied = time.monotonic()
    after = ledger(target)
    again = ask(target, "hotstay", "report", "--month", month, "--json")
    walls = ask(target, "consult", "apply", "--plan")
    seconds = f"控え {copied - began:.1f} 秒、戻して確かめるまで {time.monotonic() - copied:.1f} 秒"
    whole = bool(after["ok"]) and after["entries"] >= before["entries"] > 0
    words = f"{before['entries']:,} 行 → {after['entries']:,} 行 {after.get('findings') or ''}"
    return [
        ("台帳が検証を通り、控えの前の行がすべてある", whole, words),
        (
            "壁が諮問のとおりである",
            walls[0] == 0 and AS_IT_IS in walls[1],
            walls[1].strip().splitlines()[0] if walls[1].strip() else "",
        ),
        ("月の件数が同じである", report == again and report[0] == 0, seconds),
    ]


def main() -> int:
    """The command."""
    options = argparse.ArgumentParser(description="控えを取り、別の場所に戻し、同じであることを確かめます。")
    options.add_argument("--from", dest="source", type=Path, required=True, help="動いている AZUKARI_HOME")
    options.add_argument("--to", dest="target", type=Path, required=True, help="戻す場所 (まだ無いフォルダー)")
    options.add_argument("--month", default=time.strftime("%Y-%m"), help="件数を比べる月 (例 2026-11)")
    given = options.parse_args()
    if given.target.exists():
        sys.stderr.write(f"{given.target} はもうあります。\n  次に: まだ無いフォルダーを --to に指定してください。\n")
        return 65
    found = drill(given.source.resolve(), given.target.resolve(), given.month)
    for words, holds, said in found:
        sys.stdout.write(f"{'はい  ' if holds else 'いいえ'}  {words}　{said}\n")
    return 0 if all(holds for _, holds, _ in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())

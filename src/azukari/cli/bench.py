"""`./azukari bench`: our work beside the peers' on the same input, in one run."""

from __future__ import annotations

import json
import os
import platform
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from azukari.config.home import ROOT
from azukari.kernel.errors import NotFound

FOLDER = ROOT / "bench"
ALL = "all"


def bench(
    name: Annotated[str, typer.Argument(help="名前、または all")] = ALL,
    as_json: Annotated[bool, typer.Option("--json", help="JSON で出力")] = False,
) -> None:
    """速さを、同じ入力で、ほかの道具と並べて測ります。"""
    results = [_measured(path) for path in _chosen(name)]
    if as_json:
        typer.echo(json.dumps(results if name == ALL else results[0], ensure_ascii=False, indent=2))
        return
    for result in results:
        Console().print(_table(result))


def _chosen(name: str) -> list[Path]:
    known = {path.stem: path for path in sorted(FOLDER.glob("[a-z]*.py"))}
    if name == ALL:
        return list(known.values())
    if name not in known:
        raise NotFound(
            f"計測 {name} はありません。", f"あるのは {'、'.join(known)} です。", "名前か all を指定してください。"
        )
    return [known[name]]


def _measured(path: Path) -> dict[str, Any]:
    """The module's `run()`: {bench, rows[{what, ours, unit, peers, ratio, goal, met}]}, with the machine beside it."""
    result: dict[str, Any] = _load(path).run()
    return {"bench": path.stem, "machine": machine()} | result


def _load(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"azukari_bench_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise NotFound(f"{path} を読めません。", "Python の部品ではありません。", "ファイルを確かめてください。")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {"cpu": model, "cores": os.cpu_count(), "memory_mb": memory, "python": platform.python_version()}


def _table(result: dict[str, Any]) -> Table:
    here = result["machine"]
    table = Table(
        title=result["bench"], caption=f"{here.get('cpu')} × {here.get('cores')}, Python {here.get('python')}"
    )
    for heading in ("測ったもの", "Azukari", "単位", "ほか", "比", "目標", "達成"):
        table.add_column(heading)
    for row in result["rows"]:
        peers = " / ".join(f"{name} {_number(value)}" for name, value in row["peers"].items())
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        met = "" if row["met"] is None else ("○" if row["met"] else "×")
        table.add_row(row["what"], _number(row["ours"]), row["unit"], peers, ratio, str(row["goal"] or ""), met)
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"

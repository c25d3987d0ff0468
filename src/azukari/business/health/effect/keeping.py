"""A report as JSON: for the command, and kept for the page. It holds what may be published and nothing else."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from azukari.business.health.effect.types import DESIGNS, PROGRAMMES, Estimate, Report
from azukari.kernel.errors import BadInput

FOLDER = "effect"


def told(report: Report) -> dict[str, Any]:
    """The report for other programs: plain numbers, None for what is not said or not published.

    Estimates are in the unit of the outcome; of a 0/1 outcome they are differences of shares. `headline` is what the
    report stands by; its numbers are None where it refuses.
    """
    head = report.headline
    return {
        "programme": report.programme,
        "title": PROGRAMMES.get(report.programme, report.programme),
        "outcome": report.outcome,
        "measure": "risk_difference" if report.binary else "mean_difference",
        "estimand": "ATT",
        "n": report.count("n"),
        "n_treated": report.count("analysed_treated"),
        "n_control": report.count("analysed_control"),
        "headline": {**_estimate(head.estimate if head else None), "design": head.design if head else None},
        "designs": [
            {"design": one.design, "name": DESIGNS[one.design], **_estimate(one.estimate)}
            | {"n_treated": one.n_treated, "n_control": one.n_control}
            for one in report.designs
        ],
        "naive": _naive(report),
        "regression_to_mean": _reversion(report),
        "placebo": _placebo(report),
        "balance": [_plain(asdict(one)) for one in report.balance],
        "overlap": _plain(asdict(report.overlap)) if report.overlap else None,
        "missing": _missing(report),
        "verdict": _plain(asdict(report.verdict)) | {"words": _words(report)},
        "counts": {one.name: one.value for one in report.counts},
        "groups": [{"name": name, "treated": ours, "control": theirs} for name, ours, theirs in report.groups],
        "suppressed": list(report.suppressed),
        "notes": list(report.notes),
    }


def keep(report: Report, on: date, home: Path) -> Path:
    """Keep a report for the page, whole or not at all; a later one of the same programme takes its place."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{report.programme}.json"
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps({"on": on.isoformat(), "report": asdict(report)}, ensure_ascii=False)
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def kept(programme: str, home: Path) -> tuple[date, Report] | None:
    """The report of a programme and the day it was made; None when there is none. Raises BadInput for a damaged one."""
    path = home / FOLDER / f"{programme}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return date.fromisoformat(found["on"]), TypeAdapter(Report).validate_python(found["report"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise BadInput(
            f"{PROGRAMMES[programme]}の効果の報告が読めません。",
            "保管した報告が壊れています。",
            f"./azukari health effect {programme} を、もう一度実行してください。",
        ) from error


def _estimate(one: Estimate | None) -> dict[str, float | None]:
    if one is None:
        return dict.fromkeys(("estimate", "low", "high", "p"))
    return {name: _number(value) for name, value in asdict(one).items()}


def _naive(report: Report) -> dict[str, Any]:
    """The change of the people reached where there is a value before, else their difference from the others."""
    first = report.naive or report.difference
    kind = "before_after" if report.naive else "difference" if report.difference else None
    return {"kind": kind, **_estimate(first), "difference": _estimate(report.difference)}


def _reversion(report: Report) -> dict[str, Any] | None:
    one = report.reversion
    if one is None:
        return None
    return {
        "naive": _number(one.naive.estimate),
        **{name if name != "estimate" else "expected": value for name, value in _estimate(one.expected).items()},
        "remainder": _estimate(one.remainder),
        "retest": _estimate(one.retest) | {"correlation": one.correlation},
    }


def _placebo(report: Report) -> dict[str, Any]:
    one = report.placebo
    return {
        "available": one is not None,
        "kind": one.kind if one else None,
        **_estimate(one.result if one else None),
        "found": one.found if one else None,
    }


def _missing(report: Report) -> dict[str, Any]:
    bounds = report.missing
    return {
        "treated": report.count("missing_treated"),
        "control": report.count("missing_control"),
        "low": bounds.low if bounds else None,
        "high": bounds.high if bounds else None,
    }


def _words(report: Report) -> str:
    one = report.verdict
    return " ".join((one.title, *one.reasons, *one.cautions))


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {name: _number(value) if isinstance(value, float) else value for name, value in found.items()}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None

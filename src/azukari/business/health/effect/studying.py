"""A table of persons made into a study: who was a target, who was reached, what is known of them before and after."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from azukari.business.health.effect import naming
from azukari.business.health.effect.naming import Parts
from azukari.business.health.effect.reading import two_valued
from azukari.business.health.effect.types import Column, Flags, Group, Numbers, Study
from azukari.kernel.errors import BadInput

YES = frozenset((
    *("1", "1.0", "true", "yes", "y", "t", "treated", "treatment", "intervention", "exposed", "reached", "case"),
    *("participant", "participated", "programme", "program", "active", "eligible", "target"),
    *("はい", "あり", "有", "介入", "介入群", "実施", "参加", "利用", "対象", "届いた", "受けた", "○"),
))  # fmt: skip
NO = frozenset((
    *("0", "0.0", "false", "no", "n", "f", "control", "controls", "untreated", "unexposed", "not_reached", "comparison"),
    *("eligible_control", "non_participant", "usual_care", "unreached", "nonparticipant", "not_treated"),
    *("いいえ", "なし", "無", "対照", "対照群", "未実施", "不参加", "未利用", "届かなかった", "受けていない", "×"),
))  # fmt: skip
OUTSIDE = frozenset(("ineligible", "not_eligible", "ineligible_control", "excluded", "non_eligible", "対象外"))
MALE, FEMALE = frozenset(("1", "m", "male", "男", "男性")), frozenset(("2", "f", "female", "女", "女性"))
SEXES = ("sex", "gender", "性別")
AGES = ("age", "age_years", "年齢")
BANDS = ((0, 40, "39歳以下"), (40, 50, "40〜49歳"), (50, 60, "50〜59歳"), (60, 65, "60〜64歳"), (65, 200, "65歳以上"))
MOST_LEVELS = 20
RARE = 10
FAR = 1e12


def study(frame: pl.DataFrame, programme: str, *, outcome: str | None = None, label: str | None = None) -> Study:
    """The study of a table with a row a person (columns of any type; see `naming`).

    People who did not meet the definition of the target are only counted. Where no column says who met it, people not
    reached whose value before lies beyond that of everybody reached are set aside: they cannot have been targets alike.

    Raises BadInput naming the column, when who was reached or what came of it cannot be read.
    """
    texts = frame.select(pl.all().cast(pl.String).str.strip_chars())
    parts = naming.parts(frame.columns, two_valued(texts), outcome)
    reached = texts[parts.treated]
    flags, outside = _treated(parts.treated, reached.to_list())
    eligible = ~outside & _eligible(texts, parts)
    after = numbers(texts, parts.after, zero_one=True)
    before = numbers(texts, parts.before) if parts.before else None
    earlier = numbers(texts, parts.earlier) if parts.earlier else None
    negative = numbers(texts, parts.negative, zero_one=True) if parts.negative else None
    known = ~np.isnan(flags)
    treated = flags == 1
    if parts.eligible is None and before is not None and not outside.any():
        eligible &= treated | _like(before, treated)
    usable = known & (~np.isnan(before) if before is not None else True)
    chosen = known & eligible & usable
    if not chosen.any():
        raise BadInput(
            "比べられる人が一人もいません。",
            "対象の条件に当てはまり、届いたかどうかと前の値が分かる人がいません。",
            "eligible、treated、before の列を確かめてください。",
        )
    covariates, notes = _covariates(texts, parts, chosen, treated)
    population = (earlier, before) if earlier is not None and before is not None else None
    return Study(
        programme=programme,
        outcome=label or _called(parts.after),
        binary=_binary(after[chosen]),
        treated=treated[chosen],
        after=after[chosen],
        before=_of(before, chosen),
        earlier=_of(earlier, chosen),
        negative=_of(negative, chosen),
        covariates=tuple(replace(one, values=one.values[chosen]) for one in covariates),
        ineligible=_both(known & ~eligible, treated),
        unusable=_both(known & eligible & ~usable, treated),
        unknown=int((~known).sum()),
        groups=_groups(texts, chosen, treated),
        population=population if not eligible[known].all() else None,
        notes=notes,
    )


def numbers(texts: pl.DataFrame, name: str, *, zero_one: bool = False) -> Numbers:
    """A column as numbers, nan where missing; with `zero_one` also はい/いいえ. Raises BadInput naming row and value."""
    column = texts[name]
    values = _plain(column)
    wrong = values.is_null() & column.is_not_null()
    if zero_one and wrong.any() and (flags := _flags(column.to_list())) is not None:
        return flags
    bad = wrong | (values.abs() > FAR).fill_null(value=False)
    if bad.any():
        at = int(bad.arg_true()[0])
        raise BadInput(
            f"列「{name}」に、数でない値があります（{at + 1} 人目の {column[at]!r}）。",
            "この列は数として使います。",
            "数に直すか、分からない値は空にしてください。",
        )
    return values.fill_null(float("nan")).to_numpy().astype(np.float64)


def _plain(column: pl.Series) -> pl.Series:
    """As numbers, null where it is none. A comma is read only where it parts thousands: 1,5 may be one and a half."""
    grouped = column.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$").fill_null(value=False)
    written = column.zip_with(~grouped, column.str.replace_all(",", ""))
    values = written.cast(pl.Float64, strict=False)
    return values.set(values.is_nan() | values.is_infinite(), None) if values.len() else values


def _flags(values: list[str | None]) -> Numbers | None:
    folded = [None if value is None else naming.folded(value) for value in values]
    if not {value for value in folded if value} <= YES | NO:
        return None
    return np.array([np.nan if value is None else float(value in YES) for value in folded])


def _treated(name: str, values: list[str | None]) -> tuple[Numbers, Flags]:
    """Who was reached (1, 0, nan where not known), and whose group says that they were no targets."""
    folded = [None if value is None else naming.folded(value) for value in values]
    strange = sorted({value for value in folded if value and value not in YES | NO | OUTSIDE})
    if strange:
        raise BadInput(
            f"列「{name}」の値 {'、'.join(strange[:5])} が、届いた人か届かなかった人か分かりません。",
            "1 と 0、treated と control、介入 と 対照 などを読みます。",
            "届いた人を 1、届かなかった人を 0 にしてください。",
        )
    outside = np.array([value in OUTSIDE for value in folded], dtype=np.bool_)
    flags = [np.nan if value is None else float(value in YES) for value in folded]
    found = np.array(flags, dtype=np.float64)
    if len(set(found[~np.isnan(found) & ~outside])) < 2:
        raise BadInput(
            f"列「{name}」に、届いた人と届かなかった人の両方がいません。",
            "比べる相手がいなければ、効果は分かりません。",
            "対象の条件に当てはまったが届かなかった人も、表に入れてください。",
        )
    return found, outside


def _eligible(texts: pl.DataFrame, parts: Parts) -> Flags:
    if parts.eligible is None:
        return np.ones(texts.height, dtype=np.bool_)
    flags = _flags(texts[parts.eligible].to_list())
    if flags is None:
        raise BadInput(
            f"列「{parts.eligible}」が、対象かどうかとして読めません。",
            "1 と 0 などを読みます。",
            "対象の人を 1、対象でない人を 0 にしてください。",
        )
    found: Flags = flags == 1
    return found


def _like(before: Numbers, treated: Flags) -> Flags:
    """Whose value before lies among those of the people reached."""
    known = before[treated & ~np.isnan(before)]
    if not len(known):
        return np.ones(len(before), dtype=np.bool_)
    inside: Flags = ~((before < known.min()) | (before > known.max()))
    return inside


def _binary(after: Numbers) -> bool:
    return set(np.unique(after[~np.isnan(after)])) <= {0.0, 1.0}


def _called(name: str) -> str:
    """The outcome in words: a column's name only where it says what was measured."""
    return "結果" if naming.folded(name) in naming.AFTER else name


def _of(values: Numbers | None, chosen: Flags) -> Numbers | None:
    return None if values is None else values[chosen]


def _both(who: Flags, treated: Flags) -> tuple[int, int]:
    return int((who & treated).sum()), int((who & ~treated).sum())


def _covariates(
    texts: pl.DataFrame, parts: Parts, chosen: Flags, treated: Flags
) -> tuple[list[Column], tuple[str, ...]]:
    """The columns of the models, and in words which columns were not used and why."""
    found: list[Column] = []
    notes = [f"「{name}」は、事業の後か答えを知る人の値とみて使いません。" for name in parts.left_out]
    for name in parts.covariates:
        column = texts[name].filter(pl.Series(chosen))
        if column.drop_nulls().n_unique() < 2 and not column.null_count():
            continue
        if _tells(column, treated[chosen]):
            notes.append(f"「{name}」は、届いたかどうかと同じことを言うので使いません。")
            continue
        made = _columns(texts[name], name, chosen)
        notes += [] if made else [f"「{name}」は、値の種類が多すぎるので使いません。"]
        found += made
    return found, tuple(notes)


def _tells(column: pl.Series, treated: Flags) -> bool:
    """Whether it has a value in one group only, or is but another name of the group."""
    known = column.is_not_null().to_numpy()
    if bool(known[treated].any()) != bool(known[~treated].any()):
        return True
    pairs = pl.DataFrame({"a": column, "b": treated}).unique()
    return pairs.height == 2 and pairs["a"].n_unique() == 2 and pairs["b"].n_unique() == 2


def _columns(column: pl.Series, name: str, chosen: Flags) -> list[Column]:
    values = _plain(column)
    if (values.is_null() & column.is_not_null()).any():
        days = column.str.to_date("%Y-%m-%d", strict=False)
        if (days.is_null() & column.is_not_null()).any():
            return _levels(column, name, chosen)
        values = (days - date(2000, 1, 1)).dt.total_days().cast(pl.Float64)
    return _filled(values.fill_null(float("nan")).to_numpy().astype(np.float64), name, chosen)


def _filled(values: Numbers, name: str, chosen: Flags) -> list[Column]:
    """A number, with the middle one where it is missing and a column that says so."""
    missing = np.isnan(values)
    known = values[chosen & ~missing]
    filled = np.where(missing, np.median(known) if len(known) else 0.0, np.clip(values, -FAR, FAR))
    made = [Column(name, name, filled, squared=len(np.unique(known)) > MOST_LEVELS)]
    return made + [Column(f"{name}（不明）", name, missing.astype(np.float64))] * bool(missing[chosen].any())


def _levels(column: pl.Series, name: str, chosen: Flags) -> list[Column]:
    """A column of 0 and 1 for each word but the commonest; rare words together. None when there are too many words."""
    words: NDArray[np.object_] = column.fill_null("不明").to_numpy()
    names, counts = np.unique(words[chosen].astype(str), return_counts=True)
    order = sorted(zip(counts, names, strict=True), key=lambda one: (-one[0], one[1]))
    common = [word for count, word in order if count >= RARE]
    if len(order) > MOST_LEVELS and len(common) < len(order) / 2:
        return []
    made = [Column(f"{name}={word}", name, (words == word).astype(np.float64)) for word in common[1:]]
    rare = ~np.isin(words.astype(str), common)
    return made + [Column(f"{name}=ほか", name, rare.astype(np.float64))] * bool(common and rare[chosen].any())


def _groups(texts: pl.DataFrame, chosen: Flags, treated: Flags) -> tuple[Group, ...]:
    """Sex and age band of those compared, where the table says both as we know them."""
    names = {naming.folded(name): name for name in texts.columns}
    age = next((names[name] for name in AGES if name in names), None)
    sex = next((names[name] for name in SEXES if name in names), None)
    if age is None or sex is None:
        return ()
    ages = _plain(texts[age]).fill_null(-1.0).to_numpy()
    sexes = [naming.folded(unicodedata.normalize("NFKC", value or "")) for value in texts[sex].to_list()]
    made = []
    for label, words in (("男", MALE), ("女", FEMALE)):
        of_sex = np.array([value in words for value in sexes], dtype=np.bool_)
        for low, high, band in BANDS:
            who = chosen & of_sex & (ages >= low) & (ages < high)
            made.append(Group(f"{label} {band}", *_both(who, treated)))
    told = sum(one.treated + one.control for one in made)
    if not told:
        return ()
    rest = np.array(_both(chosen, treated)) - np.array([[one.treated, one.control] for one in made]).sum(axis=0)
    unknown = [Group("性別か年齢が不明", int(rest[0]), int(rest[1]))] if rest.any() else []
    return tuple([one for one in made if one.treated + one.control] + unknown)

"""What must be left to a person, and who is one person by the edges and decisions in force. Plain Python.

A model sees a twin as a slip of the pen and a namesake as the same: what tells them apart is said here in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from azukari.core.people.matching.types import Decision, Edge, How

Fields = Mapping[str, str | None]
BORN, SEX = "生年月日が違います。", "性別が違います。"
GIVEN = "名が違います。双子など、別の人かもしれません。"
SURNAME = "姓が違います。結婚などで変わったのか、別の人なのか、分かりません。"
NUMBER = "同じ保険者で、番号が違います。同姓同名の人かもしれません。"
COMMON = "保険者が違い、同じ氏名の人が多くいます。同じ日に生まれた別の人かもしれません。"
CHAIN = "つなぐと、生年月日や性別の違う記録が一人になります。"
# Nobody is a parent at fewer years than this.
_GENERATION = 15


def cautions(
    left: Fields,
    right: Fields,
    *,
    strict: bool,
    twins: bool = True,
    namesakes: int = 0,
    most_namesakes: int = 0,
) -> tuple[str, ...]:
    """Why two rows that look like one person's must not be joined without a person; empty where nothing speaks against.

    `strict`: two days of birth or two sexes are never one person's without a decision; a slip of the pen is otherwise
    believed where the name is the same and not common, and so is any day in one home that makes no parent and child of
    the two. `twins`: whether there may be any among the people (it is no
    question where a long list of persons holds none). More `namesakes` (rows of that name) than `most_namesakes` are.
    """
    common = namesakes > most_namesakes
    found = _of_birth(left, right, strict=strict, common=common)
    if same_number(left, right):
        return tuple(found)
    found += [reason for reason in _of_name(left, right, strict=strict) if twins or reason != GIVEN]
    if _differ(left, right, "number") and left.get("issuer") and right.get("issuer"):
        if not _differ(left, right, "issuer"):
            found.append(NUMBER)
        elif common:
            found.append(COMMON)
    return tuple(found)


def same_number(left: Fields, right: Fields) -> bool:
    """Whether both carry one person's own number: of one issuer with one 枝番, or of nobody's issue (a person's own)."""
    if not left.get("number") or left.get("number") != right.get("number") or _differ(left, right, "issuer"):
        return False
    owned = left.get("branch") is not None and left.get("branch") == right.get("branch")
    return (owned and not _given_differs(left, right)) or not (left.get("issuer") or right.get("issuer"))


def are_as_twins(left: Fields, right: Fields) -> bool:
    """Two given names under one surname and day of birth, as far as these are known."""
    apart = _part_differs(left, right, "surname", "kana_surname") or _differ(left, right, "birth")
    return _given_differs(left, right) and not apart


def _of_birth(left: Fields, right: Fields, *, strict: bool, common: bool) -> list[str]:
    found = []
    if _differ(left, right, "birth") and (
        strict
        or not (
            _own_number(left, right)
            or _slip(left, right, common=common)
            or (not common and _one_of_the_home(left, right))
        )
    ):
        found.append(BORN)
    if strict and _differ(left, right, "sex"):
        found.append(SEX)
    return found


def _own_number(left: Fields, right: Fields, *, ending: bool = False) -> bool:
    """Whether a number that is nobody's issue but the person's own is the same but for one figure.

    With `ending` the last two figures must be the same: brother and sister have numbers that follow each other.
    """
    one, other = left.get("number") or "", right.get("number") or ""
    if not one or not other or left.get("issuer") or right.get("issuer") or (ending and one[-2:] != other[-2:]):
        return False
    return distance(one, other) <= 1


def _slip(left: Fields, right: Fields, *, common: bool) -> bool:
    """A wrong day of birth that may be believed under one name that few bear.

    A wrong figure or two turned round, month and day turned, another day of the month or month of the year, a year
    miscounted.
    """
    if not same_number(left, right) and (common or _differ(left, right, "name")):
        return False
    one, other = left.get("birth") or "", right.get("birth") or ""
    if distance(one, other) <= 1:
        return True
    if one[:4] != other[:4]:
        return one[4:] == other[4:] and _miscounted(one[:4], other[:4])
    turned = one[4:6] == other[6:8] and one[6:8] == other[4:6]
    return turned or one[4:6] == other[4:6] or one[6:8] == other[6:8]


def _miscounted(one: str, other: str) -> bool:
    """A year beside the right one, or a decade off, as 和暦 is often turned into 西暦."""
    return one.isdecimal() and other.isdecimal() and abs(int(one) - int(other)) in {1, 10}


def _one_of_the_home(left: Fields, right: Fields) -> bool:
    """One name at one address, born less than a generation apart: a wrong day of birth, whatever is wrong in it.

    Brothers and sisters never bear one name. A parent and a child may, where it is not written in one 戸籍 (names of
    letters, or one name taken over from a father), so a generation apart is left to a person.
    """
    years = [(side.get("birth") or "")[:4] for side in (left, right)]
    if not all(year.isdecimal() for year in years) or abs(int(years[0]) - int(years[1])) >= _GENERATION:
        return False
    return _one_name(left, right) and _near_address(left, right)


def _one_name(left: Fields, right: Fields) -> bool:
    """Surname and given name are written alike, but for a slip in letters or their order."""
    if _turned(left, right) or (_same(left, right, "name") and left.get("name") != left.get("surname")):
        return True
    return all(_same(left, right, part) or _misspelt_part(left, right, part) for part in ("surname", "given"))


def _misspelt_part(left: Fields, right: Fields, part: str) -> bool:
    return _misspelt(left.get(part) or "", right.get(part) or "")


def _near_address(left: Fields, right: Fields) -> bool:
    """One address, written with two slips at most, or once without a part of it (the name of a building, 方書)."""
    shorter, longer = sorted((left.get("address") or "", right.get("address") or ""), key=len)
    if not shorter or 2 * len(shorter) < len(longer):
        return False
    cuts = range(len(shorter) + 1)
    left_out = any(longer.startswith(shorter[:cut]) and longer.endswith(shorter[cut:]) for cut in cuts)
    return left_out or distance(shorter, longer) <= 2


def _of_name(left: Fields, right: Fields, *, strict: bool) -> list[str]:
    if _same(left, right, "name") or _same(left, right, "kana") or _turned(left, right):
        return []
    found = []
    if _given_differs(left, right) and not _own_number(left, right, ending=True):
        found.append(GIVEN)
    settled = not strict and (_own_number(left, right) or (_same(left, right, "birth") and _near_address(left, right)))
    if _part_differs(left, right, "surname", "kana_surname") and not settled:
        found.append(SURNAME)
    return found


def _turned(left: Fields, right: Fields) -> bool:
    """Surname and given name stand in each other's place."""
    parts = [side.get(part) for side, part in zip((left, left, right, right), ("surname", "given") * 2, strict=True)]
    surname, given, other, last = parts
    return (
        None not in parts
        and (surname == last or _misspelt(surname or "", last or ""))
        and (given == other or _misspelt(given or "", other or ""))
    )


def _given_differs(left: Fields, right: Fields) -> bool:
    return _part_differs(left, right, "given", "kana_given")


def _part_differs(left: Fields, right: Fields, kanji: str, kana: str) -> bool:
    """Whether neither the kanji nor the kana of this part of the name agree; a whole name that agrees settles both."""
    if _same(left, right, "name") or _same(left, right, "kana"):
        return False
    pairs = [(_part(left, right, part), _part(right, left, part)) for part in (kanji, kana)]
    known = [(one, other) for one, other in pairs if one and other]
    return bool(known) and not any(one == other or _misspelt(one, other) for one, other in known)


def _part(of: Fields, beside: Fields, part: str) -> str | None:
    """A part of a name; where no blank parts it, what is left of the other's."""
    if (own := of.get(part)) is not None:
        return own
    whole, first, last = _WHOLE[part]
    written, surname, given = of.get(whole), beside.get(first), beside.get(last)
    if written is None:
        return None
    if part == last:
        return written[len(surname) :] if surname and written.startswith(surname) else None
    return written[: -len(given)] if given and written.endswith(given) else None


_WHOLE = {
    "surname": ("name", "surname", "given"),
    "given": ("name", "surname", "given"),
    "kana_surname": ("kana", "kana_surname", "kana_given"),
    "kana_given": ("kana", "kana_surname", "kana_given"),
}


def _misspelt(one: str, other: str) -> bool:
    """Whether two names of letters (not kana or kanji, where one sign is another name) differ by two signs at most."""
    return one.isascii() and other.isascii() and min(len(one), len(other)) > 3 and distance(one, other) <= 2


def distance(one: str, other: str) -> int:
    """Edits between two short texts: a sign put in, left out, changed, or two neighbours turned round."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one):
        last, row, older = row, [place + 1], before
        before = last
        for at, letter in enumerate(other):
            least = min(last[at + 1] + 1, row[at] + 1, last[at] + (sign != letter))
            if place and at and sign == other[at - 1] and one[place - 1] == letter:
                least = min(least, older[at - 1] + 1)
            row.append(least)
    return row[-1]


def _same(left: Fields, right: Fields, field: str) -> bool:
    return left.get(field) is not None and left.get(field) == right.get(field)


def _differ(left: Fields, right: Fields, field: str) -> bool:
    """Both are known, and are not the same."""
    return left.get(field) is not None and right.get(field) is not None and left.get(field) != right.get(field)


# --- who is one person ---


def partition(
    rows: Iterable[int],
    edges: Sequence[Edge],
    decisions: Sequence[Decision] = (),
    doubts: Iterable[tuple[int, int]] = (),
    fits: Callable[[Sequence[int], Sequence[int]], bool] = lambda _, __: True,
) -> tuple[dict[int, int], list[Edge]]:
    """Row → the smallest row of its person; and the edges that were not followed, each for a person to decide.

    Decisions come first: `same` joins, whatever else is known, and apart keeps apart. Then edges join, the surest first
    (exact ones before others), where the two groups hold no pair that was decided to be apart or is in doubt, and `fits`
    the groups together: so no chain of likenesses makes one person of two. The answer depends on the decisions in
    force alone, not on their order.
    """
    groups = _Groups(rows)
    for decision in decisions:
        if decision.same:
            groups.join(decision.left, decision.right)
    apart = [(decision.left, decision.right) for decision in decisions if not decision.same]
    walls = _Walls(groups, [*apart, *doubts])
    refused = []
    for edge in sorted(edges, key=lambda one: (one.how is not How.EXACT, -one.probability, one.left, one.right)):
        one, other = groups.of(edge.left), groups.of(edge.right)
        if one == other:
            continue
        if walls.between(one, other) or not fits(groups.members(one), groups.members(other)):
            refused.append(edge)
            continue
        walls.moved(one, other, groups.join(one, other))
    return {row: groups.of(row) for row in groups.rows()}, refused


class _Groups:
    """Disjoint groups of rows, each known by its smallest row."""

    def __init__(self, rows: Iterable[int]) -> None:
        self._of = {row: row for row in rows}
        self._members: dict[int, list[int]] = {}

    def rows(self) -> Iterable[int]:
        return self._of

    def of(self, row: int) -> int:
        return self._of[row]

    def members(self, group: int) -> list[int]:
        return self._members.get(group) or [group]

    def join(self, one: int, other: int) -> int:
        first, second = sorted((self._of[one], self._of[other]))
        if first != second:
            moved = self.members(second)
            self._members[first] = [*self.members(first), *moved]
            self._members.pop(second, None)
            self._of.update(dict.fromkeys(moved, first))
        return first


class _Walls:
    """Which groups were decided to be apart. A pair that is joined by other decisions all the same has no wall."""

    def __init__(self, groups: _Groups, apart: Iterable[tuple[int, int]]) -> None:
        self._walls: dict[int, set[int]] = defaultdict(set)
        for left, right in apart:
            one, other = groups.of(left), groups.of(right)
            if one != other:
                self._walls[one].add(other)
                self._walls[other].add(one)

    def between(self, one: int, other: int) -> bool:
        return other in self._walls.get(one, ())

    def moved(self, one: int, other: int, into: int) -> None:
        gone = other if into == one else one
        for beyond in self._walls.pop(gone, set()):
            self._walls[beyond].discard(gone)
            self._walls[beyond].add(into)
            self._walls[into].add(beyond)

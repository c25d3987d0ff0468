"""Made-up people of a ward: households as they are, with their moves, marriages, births and deaths, line by line.

Everything follows from the seed. Days are ordinals (`date.toordinal`); the ward stands on `TODAY`, and nothing happens
after it. Shares and means are rounded guesses at a Tokyo ward, not statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import log
from random import Random
from typing import TypeVar

from azukari.core.people.api import NAME_GAP, search_key
from azukari.demo import namelists
from azukari.demo.namelists import ForeignNames, Town, Word
from azukari.kernel import ids

T = TypeVar("T")
TODAY = date(2020, 4, 1).toordinal()
FIRST_DAY = date(1900, 1, 1).toordinal()
FORMER_NAMES_SINCE = date(2019, 11, 5).toordinal()
YEAR = 365.2425
ENDLESS = 0
LARGEST_HOUSEHOLD = 8
MALE, FEMALE = "男", "女"
FOREIGN_SHARE, DEATH_SHARE, LEAVING_SHARE, MOVING_SHARE, EARLIER_SHARE, FORMER_SHARE = (
    0.025,
    0.05,
    0.03,
    0.15,
    0.2,
    0.01,
)
FLAT_SHARE, LONG_AGO = 0.72, 22 * YEAR
BUILDINGS = (
    "ハイツ",
    "コーポ",
    "メゾン",
    "グリーンハイム",
    "パークサイド",
    "サンライズ",
    "第二",
    "ヴィラ",
    "レジデンス",
    "",
)
ENDINGS = ("ハイツ", "マンション", "荘", "コート", "ハウス", "テラス")
ATENA_STEP, HOUSEHOLD_STEP = 387_420_489, 244_140_625  # 3**18 and 5**12: no factor in common with the range
ATENA_RANGE, HOUSEHOLD_RANGE = 10**9, 10**10 - 1


@dataclass(slots=True)
class Somebody:
    """One person while the household is made up. `since` is the first day in the ward, `last` the day after the last."""

    key: int
    sex: str
    born: int
    surname: Word
    given: Word
    since: int
    died: int = ENDLESS
    last: int = ENDLESS
    maiden: Word | None = None
    married: int = ENDLESS


@dataclass(slots=True)
class Lines:
    """Rows of the five tables as PostgreSQL's COPY takes them, in the column order of `ward.TABLES`."""

    person: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    household: list[str] = field(default_factory=list)
    address: list[str] = field(default_factory=list)
    membership: list[str] = field(default_factory=list)


Member = tuple[Somebody, str]


class Population:
    """Makes up `size` persons from a seed, some thousands at a time."""

    def __init__(self, size: int, seed: int) -> None:
        rng = Random(f"ward {seed}")  # noqa: S311 (a made-up ward, the same from the same seed)
        self.random = rng.random
        self.left = size
        self.key = 0
        self.household = 0
        self.first_atena, self.first_household = rng.randrange(ATENA_RANGE), rng.randrange(HOUSEHOLD_RANGE)
        self.surnames, self.given, self.towns = namelists.surnames(), namelists.given_names(), namelists.towns()
        self.foreign: ForeignNames | None = None
        self.lines = Lines()
        # Share of the households, added up.
        self.kinds: tuple[tuple[float, Callable[[], None]], ...] = (
            (0.24, self._single_young),
            (0.35, self._single_middle),
            (0.50, self._single_old),
            (0.69, self._couple),
            (0.915, self._family),
            (0.965, self._one_parent),
            (0.98, self._three_generations),
            (1.0, self._sharing),
        )

    def chunks(self, persons: int) -> Iterator[tuple[int, Lines]]:
        """Lines of about so many persons at a time, with the number of persons in them. The total is exact."""
        while self.left:
            before, self.lines = self.key, Lines()
            while self.left and self.key - before < persons:
                self._household()
            yield self.key - before, self.lines

    def _household(self) -> None:
        self.foreign = self._draw(namelists.foreign_names()) if self.random() < FOREIGN_SHARE else None
        chance = self.random() if self.left >= LARGEST_HOUSEHOLD else 0
        next(make for share, make in self.kinds if chance < share)()

    def _draw(self, entries: Sequence[T]) -> T:
        return entries[int(self.random() * len(entries))]

    def _age(self, youngest: float, spread: float) -> int:
        """A birthday so that the age lies in [youngest, youngest + spread], the younger half more often."""
        chance = self.random()
        return TODAY - int((youngest + spread * chance * (0.5 + 0.5 * chance)) * YEAR) - int(self.random() * YEAR)

    def _somebody(self, sex: str, born: int, surname: Word, since: int) -> Somebody:
        self.key += 1
        self.left -= 1
        given = self._given(sex, born)
        return Somebody(self.key, sex, born, surname, given, max(since, born))

    def _given(self, sex: str, born: int) -> Word:
        if self.foreign:
            return self._draw(self.foreign.given[sex])
        return self._draw(self.given[sex][int((born - FIRST_DAY) / YEAR)])

    def _surname(self) -> Word:
        return self._draw(self.foreign.surnames if self.foreign else self.surnames)

    def _came(self, born: int, mean_years: float) -> int:
        """The first day in the ward: some were born here, the others came as adults."""
        chance = self.random()
        if chance < 0.06:
            return born
        years = -log(1 - self.random()) * mean_years
        return max(TODAY - 30 - int(years * YEAR), born + int(18 * YEAR))

    def _single(self, youngest: float, spread: float, men: float = 0.52, mean_years: float = 4) -> None:
        born = self._age(youngest, spread)
        head = self._somebody(
            MALE if self.random() < men else FEMALE, born, self._surname(), self._came(born, mean_years)
        )
        if youngest > 60 and self.random() < DEATH_SHARE:
            self._dies(head)
        self._settle([(head, "世帯主")])

    def _single_young(self) -> None:
        self._single(18, 24)

    def _single_middle(self) -> None:
        self._single(36, 34, 0.58, 8)

    def _single_old(self) -> None:
        self._single(65, 34, 0.3, 25)

    def _couple(self) -> None:
        """Two people without children at home, of any age."""
        born = TODAY - int((28 + 62 * self.random()) * YEAR)
        married = max(born + int((24 + 12 * self.random()) * YEAR), TODAY - int(60 * YEAR))
        self._settle(self._pair(born, min(married, TODAY - 40)))

    def _family(self) -> None:
        first = TODAY - int(self.random() * 24 * YEAR) - 1
        born = first - int((27 + 12 * self.random()) * YEAR)
        married = first - int((0.6 + 3 * self.random()) * YEAR)
        pair = self._pair(born, married)
        self._settle([*pair, *self._children(pair[0][0], first)])

    def _one_parent(self) -> None:
        first = TODAY - int((1 + 21 * self.random()) * YEAR)
        born = first - int((24 + 14 * self.random()) * YEAR)
        head = self._somebody(FEMALE if self.random() < 0.86 else MALE, born, self._surname(), self._came(born, 9))
        self._settle([(head, "世帯主"), *self._children(head, first)])

    def _three_generations(self) -> None:
        first = TODAY - int(self.random() * 20 * YEAR) - 1
        born = first - int((28 + 8 * self.random()) * YEAR)
        pair = self._pair(born, first - 500)
        husband = next(person for person, _ in pair if person.sex == MALE)
        elder = self._somebody(FEMALE, born - int((22 + 12 * self.random()) * YEAR), husband.surname, husband.since)
        relation = "母" if husband is pair[0][0] else "夫の母"
        self._settle([*pair, *self._children(husband, first), (elder, relation)])

    def _sharing(self) -> None:
        """Two who are not relatives, or who live as a couple without 婚姻届."""
        born = self._age(22, 30)
        head = self._somebody(MALE, born, self._surname(), self._came(born, 4))
        sex, relation = (FEMALE, "妻（未届）") if self.random() < 0.4 else (MALE, "同居人")
        other = self._somebody(sex, born + int(self.random() * 900), self._surname(), head.since)
        self._settle([(head, "世帯主"), (other, relation)])

    def _pair(self, born: int, married: int) -> list[Member]:
        """A married couple. Some of the wives had lived here before, alone and under another name."""
        wife_born = born + int((self.random() - 0.3) * 5 * YEAR)
        surname, maiden = self._surname(), self._surname()
        since = max(married, self._came(born, 12), TODAY - int(50 * YEAR))
        head = self._somebody(MALE, born, surname, since)
        wife = self._somebody(FEMALE, wife_born, maiden if self.foreign else surname, since)
        if not self.foreign:
            wife.maiden, wife.married = maiden, married
            if married > TODAY - LONG_AGO and self.random() < EARLIER_SHARE:
                self._lived_here_before(head, wife)
        if born < TODAY - 68 * YEAR and self.random() < DEATH_SHARE:
            self._dies(head)
        if self.random() < 0.06:
            return [(wife, "世帯主"), (head, "夫")]
        return [(head, "世帯主"), (wife, "妻")]

    def _lived_here_before(self, head: Somebody, wife: Somebody) -> None:
        head.since = married = wife.married
        wife.since = max(married - int((0.5 + 5 * self.random()) * YEAR), wife.born)
        self._new_household()
        self._line_up(wife, "世帯主", wife.since, married)
        self._lives(wife, self._address(), wife.since, married)

    def _children(self, parent: Somebody, first: int) -> list[Member]:
        chance, born = self.random(), first
        children: list[Somebody] = []
        for _ in range(1 if chance < 0.48 else 2 if chance < 0.93 else 3):
            if born >= TODAY:
                break
            sex = MALE if self.random() < 0.512 else FEMALE
            child = self._somebody(sex, born, parent.surname, parent.since)
            while any(child.given == other.given for other in children):
                child.given = self._given(sex, born)
            children.append(child)
            born += int((1.3 + 2.4 * self.random()) * YEAR)
        return [(child, "子") for child in children]

    def _dies(self, person: Somebody) -> None:
        day = TODAY - 1 - int(self.random() * 4 * YEAR)
        if day > person.since:
            person.died, person.last = day, day + 1

    def _settle(self, members: list[Member]) -> None:
        """Write the household: its members from the day each came, its addresses, and who follows a head who died."""
        begins = [max(person.since, person.married) for person, _ in members]
        start, leaves = min(begins), TODAY - int(self.random() * 2 * YEAR)
        if self.random() < LEAVING_SHARE and max(begins) < leaves:
            for person, _ in members:
                person.last = min(person.last or leaves, leaves) if person.died < leaves else person.last
        self._new_household()
        moves = start + int(self.random() * (TODAY - start)) if self.random() < MOVING_SHARE else ENDLESS
        first, second = self._address(), self._address() if moves else ""
        head_gone = members[0][0].last
        for place, ((person, relation), begin) in enumerate(zip(members, begins, strict=True)):
            self._register(person)
            self._belongs(person, relation, begin, head_gone if place == 1 and members[0][0].died else ENDLESS)
            if moves > begin and (not person.last or moves < person.last):
                self._lives(person, first, begin, moves)
                self._lives(person, second, moves, person.last)
            else:
                self._lives(person, second if moves and begin >= moves else first, begin, person.last)

    def _belongs(self, person: Somebody, relation: str, begin: int, follows: int) -> None:
        """`follows` is the day from which the person is head in the place of one who died."""
        if follows and begin < follows and (not person.last or follows < person.last):
            self._line_up(person, relation, begin, follows)
            self._line_up(person, "世帯主", follows, person.last)
        else:
            self._line_up(person, relation, begin, person.last)

    def _register(self, person: Somebody) -> None:
        atena = ids.atena((self.first_atena + person.key * ATENA_STEP) % ATENA_RANGE)
        died = DAYS[person.died] if person.died else "\\N"
        self.lines.person.append(f"{person.key}\t{atena}\t{DAYS[person.born]}\t{person.sex}\t{died}\n")
        begin = person.since
        if person.maiden and begin < person.married:
            self._named(person, person.maiden, "", begin, person.married)
            begin = person.married
        if person.maiden and self.random() < FORMER_SHARE:
            begin = self._shows_former_name(person, person.maiden, begin)
        else:
            self._named(person, person.surname, "", begin, ENDLESS)

    def _shows_former_name(self, person: Somebody, maiden: Word, begin: int) -> int:
        day = FORMER_NAMES_SINCE + int(self.random() * (TODAY - FORMER_NAMES_SINCE))
        if begin < day:
            self._named(person, person.surname, "", begin, day)
        self._named(person, person.surname, maiden.text, max(begin, day), ENDLESS)
        return begin

    def _named(self, person: Somebody, surname: Word, former: str, begin: int, end: int) -> None:
        given = person.given
        name, kana = f"{surname.text}{NAME_GAP}{given.text}", f"{surname.kana}{NAME_GAP}{given.kana}"
        if former or self.foreign:
            key = search_key(name, kana, former)
        else:  # the same without folding the same words again and again
            key = f" {surname.key}{given.key} {given.key} {surname.kana_key}{given.kana_key}"
            if given.key != given.kana_key:
                key += f" {given.kana_key}"
        self.lines.name.append(f"{person.key}\t{name}\t{kana}\t{former}\t{key}\t[{DAYS[begin]},{DAYS[end]})\n")

    def _new_household(self) -> None:
        self.household += 1
        number = (self.first_household + self.household * HOUSEHOLD_STEP) % HOUSEHOLD_RANGE
        self.lines.household.append(f"{self.household}\t{number:010d}\n")

    def _line_up(self, person: Somebody, relation: str, begin: int, end: int) -> None:
        head = "t" if relation == "世帯主" else "f"
        self.lines.membership.append(
            f"{person.key}\t{self.household}\t{relation}\t{head}\t[{DAYS[begin]},{DAYS[end]})\n"
        )

    def _lives(self, person: Somebody, address: str, begin: int, end: int) -> None:
        self.lines.address.append(f"{person.key}\t{address}\t[{DAYS[begin]},{DAYS[end]})\n")

    def _address(self) -> str:
        chance, town = self.random, self._draw(self.towns)
        chome = int(chance() * town.chome) + 1 if town.chome else "\\N"
        building = self._building(town) if chance() < FLAT_SHARE else ""
        return f"{town.postcode}\t東京都世田谷区\t{town.name}\t{chome}\t{int(chance() * 48) + 1}\t{int(chance() * 24) + 1}\t{building}"

    def _building(self, town: Town) -> str:
        chance = self.random
        first = BUILDINGS[int(chance() * len(BUILDINGS))]
        last = ENDINGS[int(chance() * len(ENDINGS))] if first in {"", "第二"} else ""
        return f"{first}{town.name}{last}{int(chance() * 9) + 1}{int(chance() * 12) + 1:02d}号室"


class _Days(dict[int, str]):
    """Ordinal → ISO date, written once a day; nothing for a day that never comes."""

    def __missing__(self, ordinal: int) -> str:
        self[ordinal] = text = date.fromordinal(ordinal).isoformat()
        return text


DAYS = _Days({ENDLESS: ""})

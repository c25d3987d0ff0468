"""Whatever people do to a job, in whatever order: the numbers add up, and a plain model says the same as the database.

The model knows nothing of SQL: a set is a state, a generation and its sheets. After every step both must agree on what
each set is and on every equation, and a close succeeds exactly when the model's own sums are equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from string import ascii_uppercase, digits

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch import rules
from azukari.core.dispatch.types import Mark, ReturnReason, SheetState, State, Unbalanced
from azukari.kernel.errors import BadInput
from support.dispatch import make_job

SETS, SHEETS = 3, 2
NAMES = ("宛名票", "礼状")
WORKERS = ("worker-a", "worker-b")
numbers = st.integers(0, SETS - 1)
workers = st.sampled_from(WORKERS)
FINAL = {State.HANDED, State.RETURNED, State.WITHDRAWN}


@dataclass
class ModelSet:
    """One envelope as plain Python: its state, its generation in force, who has it, and every sheet ever made."""

    state: State = State.PLANNED
    generation: int = 1
    holder: str = ""
    was_sealed: bool = False
    sheets: dict[tuple[int, int], SheetState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.add()

    def add(self) -> None:
        self.sheets |= {(self.generation, number): SheetState.PLANNED for number in range(1, SHEETS + 1)}

    def now(self) -> list[tuple[int, int]]:
        return [(self.generation, number) for number in range(1, SHEETS + 1)]

    def become(self, state: State, sheets: SheetState | None = None) -> None:
        self.state = state
        if state not in {State.PRINTED, State.MATCHED}:
            self.holder = ""
        for key in self.now() if sheets else ():
            self.sheets[key] = sheets or SheetState.PLANNED


class Letters(RuleBasedStateMachine):
    """Random people at one job."""

    def __init__(self) -> None:
        super().__init__()
        made = make_job(SETS, sheets=NAMES)
        self.job, self.references = made.id, made.references
        self.sets = [ModelSet() for _ in range(SETS)]
        for one in self.sets:
            one.become(State.PRINTED, SheetState.PRINTED)
        self.texts: dict[tuple[int, int, int], str] = {}
        self.stopped: set[str] = set()
        self.closed = False
        self.slips = 0
        self.keep_codes()

    def keep_codes(self) -> None:
        """What stands on paper stays readable for ever, whatever becomes of the set."""
        for reference, codes in dispatch.codes(self.job).items():
            number = self.references.index(reference)
            for sheet, code in enumerate(codes, 1):
                self.texts[number, self.sets[number].generation, sheet] = code.text

    def held(self, by: str) -> ModelSet | None:
        return next((one for one in self.sets if one.holder == by), None)

    @precondition(lambda self: not self.closed and any(one.state is State.SPOILED for one in self.sets))
    @rule(data=st.data())
    def print_some(self, data: st.DataObject) -> None:
        waiting = [n for n, one in enumerate(self.sets) if one.state in {State.PLANNED, State.SPOILED}]
        chosen = data.draw(st.lists(st.sampled_from(waiting), unique=True) if waiting else st.just([]))
        references = [self.references[n] for n in chosen]
        assert dispatch.printed(self.job, references, by="worker-a") == len(chosen)
        for number in chosen:
            self.sets[number].become(State.PRINTED, SheetState.PRINTED)

    @precondition(lambda self: not self.closed and self.ready())
    @rule(data=st.data(), by=workers)
    def fill(self, data: st.DataObject, by: str) -> None:
        """A whole set as it should go: every sheet, then the seal."""
        self.acknowledge(by)
        self.aside(by)
        if self.held(by) is not None:
            self.seal(by)
        if not self.ready():
            return
        number = data.draw(st.sampled_from(self.ready()))
        one = self.sets[number]
        for generation, sheet in one.now():
            self.read(by, (number, generation, sheet))
        assert one.state is State.MATCHED
        self.seal(by)

    def ready(self) -> list[int]:
        return [n for n, one in enumerate(self.sets) if one.state is State.PRINTED and not one.holder]

    @precondition(lambda self: not self.closed)
    @rule(data=st.data(), by=workers)
    def scan(self, data: st.DataObject, by: str) -> None:
        """Mostly a sheet that fits; sometimes any sheet there ever was."""
        held = self.held(by)
        fitting = [
            key for key in self.texts
            if (one := self.sets[key[0]]) is held or (held is None and one.state == State.PRINTED and not one.holder)
        ]  # fmt: skip
        key = data.draw(st.sampled_from(fitting or list(self.texts)) | st.sampled_from(list(self.texts)))
        self.read(by, key)

    def read(self, by: str, key: tuple[int, int, int]) -> None:
        fits = by not in self.stopped and self.fits(key, by)
        stage = dispatch.scan(self.job, self.texts[key], by=by)
        assert (stage.stop is None) == fits
        if not fits:
            self.stopped.add(by)
            return
        number, generation, sheet = key
        one = self.sets[number]
        one.holder, one.sheets[generation, sheet] = by, SheetState.SCANNED
        if all(one.sheets[key] is SheetState.SCANNED for key in one.now()):
            one.state = State.MATCHED
        assert stage.matched == (one.state is State.MATCHED)

    def fits(self, key: tuple[int, int, int], by: str) -> bool:
        number, generation, sheet = key
        one, held = self.sets[number], self.held(by)
        return (
            one.state is State.PRINTED
            and generation == one.generation
            and (held is one or (held is None and not one.holder))
            and one.sheets[generation, sheet] is SheetState.PRINTED
        )

    @rule(by=workers)
    def acknowledge(self, by: str) -> None:
        dispatch.acknowledge(self.job, by=by)
        self.stopped.discard(by)

    @precondition(lambda self: not self.closed)
    @rule(by=workers)
    def aside(self, by: str) -> None:
        dispatch.put_aside(self.job, by=by)
        held = self.held(by)
        if held and held.state is State.PRINTED:
            held.holder = ""
            for key in held.now():
                held.sheets[key] = SheetState.PRINTED

    @precondition(lambda self: not self.closed)
    @rule(by=workers)
    def seal(self, by: str) -> None:
        held = self.held(by)
        if held and held.state is State.MATCHED:
            dispatch.seal(self.job, by=by)
            held.become(State.SEALED)
        else:
            with pytest.raises(BadInput):
                dispatch.seal(self.job, by=by)

    @precondition(lambda self: not self.closed)
    @rule(number=numbers)
    def spoil(self, number: int) -> None:
        one = self.sets[number]
        if one.state not in {State.PRINTED, State.MATCHED, State.SEALED}:
            with pytest.raises(BadInput):
                dispatch.spoil(self.job, reference=self.references[number], why="破れ", by="worker-a")
            return
        dispatch.spoil(self.job, reference=self.references[number], why="破れ", by="worker-a")
        one.become(State.SPOILED, SheetState.SPOILED)
        one.generation += 1
        one.add()
        self.keep_codes()

    @precondition(lambda self: not self.closed)
    @rule(number=numbers)
    def withdraw(self, number: int) -> None:
        one = self.sets[number]
        if one.state in {*FINAL, State.WITHDRAWING}:
            with pytest.raises(BadInput):
                dispatch.withdraw(self.job, self.references[number], why="取り下げ", by="furusato")
            return
        dispatch.withdraw(self.job, self.references[number], why="取り下げ", by="furusato")
        if one.holder:
            self.stopped.add(one.holder)
        one.was_sealed = one.state is State.SEALED
        if one.state in {State.PLANNED, State.SPOILED}:
            one.become(State.WITHDRAWN, SheetState.CANCELLED)
        else:
            one.become(State.WITHDRAWING)

    @precondition(lambda self: not self.closed and any(one.state is State.WITHDRAWING for one in self.sets))
    @rule(data=st.data())
    def destroy(self, data: st.DataObject) -> None:
        wanted = [key for key in self.texts if self.sets[key[0]].state is State.WITHDRAWING]
        key = data.draw(st.sampled_from(wanted or list(self.texts)) | st.sampled_from(list(self.texts)))
        number, generation, sheet = key
        one = self.sets[number]
        fits = one.state is State.WITHDRAWING and generation == one.generation
        if not fits or one.sheets[generation, sheet] is SheetState.GONE:
            with pytest.raises(BadInput):
                dispatch.destroy(self.job, self.texts[key], by="worker-a")
            return
        dispatch.destroy(self.job, self.texts[key], by="worker-a")
        for each in one.now() if one.was_sealed else [(generation, sheet)]:
            one.sheets[each] = SheetState.GONE
        if all(one.sheets[each] is SheetState.GONE for each in one.now()):
            one.state = State.WITHDRAWN

    @precondition(lambda self: not self.closed and any(one.state is State.SEALED for one in self.sets))
    @rule(off=st.sampled_from([0, 0, 0, 1, -1]))
    def hand_over(self, off: int) -> None:
        sealed = [one for one in self.sets if one.state is State.SEALED]
        self.slips += 1
        slip = {"number": f"{self.job}-{self.slips}", "office": "局", "on": timezone.localdate(), "by": "furusato"}
        if off:
            with pytest.raises(BadInput):
                dispatch.hand_over(self.job, count=len(sealed) + off, **slip)
            return
        dispatch.hand_over(self.job, count=len(sealed), **slip)
        for one in sealed:
            one.become(State.HANDED)

    @rule(number=numbers)
    def come_back(self, number: int) -> None:
        given = {"reason": ReturnReason.UNKNOWN, "on": timezone.localdate(), "by": "furusato"}
        if self.sets[number].state is not State.HANDED:
            with pytest.raises(BadInput):
                dispatch.returned(self.job, self.references[number], **given)
            return
        dispatch.returned(self.job, self.references[number], **given)
        self.sets[number].become(State.RETURNED)

    @precondition(lambda self: not self.closed)
    @rule()
    def close(self) -> None:
        if all(one.state in FINAL for one in self.sets):
            dispatch.close(self.job, by="furusato")
            self.closed = True
        else:
            with pytest.raises(Unbalanced):
                dispatch.close(self.job, by="furusato")

    @invariant()
    def the_database_says_the_same(self) -> None:
        found = dispatch.balance(self.job)
        counted = Counter(one.state for one in self.sets)
        assert dict(found.funnel) == {state: counted[state] for state in State}
        sets, sheets, slips = found.identities
        handed = [one for one in self.sets if one.state in {State.HANDED, State.RETURNED}]
        assert (sets.left, sets.right) == (SETS, (("差出し", len(handed)), ("引抜き", counted[State.WITHDRAWN])))
        fates = Counter(state for one in self.sets for state in one.sheets.values())
        paper = sum(fates.values()) - fates[SheetState.PLANNED] - fates[SheetState.CANCELLED]
        right = (
            ("差出し", SHEETS * len(handed)),
            ("書損", fates[SheetState.SPOILED]),
            ("引抜き", fates[SheetState.GONE]),
        )
        assert (sheets.left, sheets.right) == (paper, right)
        assert slips.left == slips.total == len(handed)
        if all(one.state in FINAL for one in self.sets):
            assert all(one.holds for one in found.identities)
        for by in WORKERS:
            held = self.held(by)
            assert dispatch.stage(self.job, by=by).seq == (self.sets.index(held) + 1 if held else None)


marks = st.builds(
    Mark,
    st.integers(1, 10**9 - 1),
    st.integers(1, 10**7 - 1),
    st.integers(1, 99),
    st.integers(1, 99),
    st.integers(1, 9999),
)


@settings(max_examples=30)
@given(marks, st.text(min_size=1))
def test_a_code_is_read_back(mark: Mark, key: str) -> None:
    """For the widest numbers too, within what the QR and its mode can hold."""
    code = rules.code(key, mark)
    assert rules.read(key, code.text) == (mark, True)
    assert len(code.text) <= rules.LONGEST
    assert set(code.text) <= set(ascii_uppercase + digits + "/")


@given(marks, st.data())
def test_one_wrong_character_is_no_code(mark: Mark, data: st.DataObject) -> None:
    """Whatever character is read in the place of another, no other sheet is meant."""
    text = rules.code("key", mark).text
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ascii_uppercase + digits + "/").filter(lambda one: one != text[place]))
    assert rules.read("key", text[:place] + other + text[place + 1 :])[0] is None


@given(st.text())
def test_any_text_is_no_code(text: str) -> None:
    assert rules.read("key", text)[0] is None


@pytest.mark.usefixtures("workshop")
def test_random_people_never_break_the_numbers() -> None:
    """The database and the plain model agree after every step."""
    quick = settings(
        max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
    )  # fmt: skip
    run_state_machine_as_test(Letters, settings=quick)

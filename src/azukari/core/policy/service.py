"""The policy as the running system uses it: the library and places of this installation, compiled and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from azukari.core.policy import apply as walls
from azukari.core.policy.checks import vessels
from azukari.core.policy.compile_sql import ENTER, LEAVE, State, compile_state, subjects_function
from azukari.core.policy.decide import CountWarning, ItemLine, Matrix, warn_count
from azukari.core.policy.openings import Opening
from azukari.core.policy.openings import grants as guest_grants
from azukari.core.policy.rolls import places
from azukari.core.policy.terms import Terms, role_of, terms_of
from azukari.core.policy.types import Actor, Decision, Direction, Form, Place, Subject
from azukari.kernel.errors import NotFound

if TYPE_CHECKING:
    from azukari.core.policy.library import Library


@cache
def library() -> Library:
    """The installation's consultations and register entries; read once, a change needs a restart (and `apply`)."""
    from azukari.core.policy.library import load

    return load(settings.CONSULTATIONS, demonstration=settings.DEMONSTRATION)


@cache
def terms() -> Mapping[str, Terms]:
    """The terms of every flow and register entry of this installation."""
    return terms_of(library())


@lru_cache(maxsize=4)
def _compiled(known: tuple[Place, ...]) -> Matrix:
    return Matrix(terms(), {place.code: place for place in known})


class _Current:
    matrix: Matrix | None = None


def matrix(*, fresh: bool = False) -> Matrix:
    """The compiled policy. `fresh` reads the places again (outside any flow: a flow's role may not read them).

    `admit` and `explain` do so; each request therefore decides on the places as they are now.
    """
    if fresh or _Current.matrix is None:
        _Current.matrix = _compiled(tuple(places().values()))
    return _Current.matrix


def decide(
    actor: Actor,
    flow: str,
    item: str,
    subject: Subject,
    place: Place | None,
    medium: str,
    on: date,
    *,
    direction: Direction | None = None,
    form: Form = Form.PLAIN,
) -> Decision:
    """May this actor handle this item of this row, under this flow, here, by this medium, on this day? See `Matrix`."""
    return matrix().decide(actor, flow, item, subject, place, medium, on, direction=direction, form=form)


def admit(actor: Actor, flow: str, place: Place | None, medium: str, on: date) -> Decision:
    """May the actor work under this flow here and now at all? Asked once when a page opens, before any row is known."""
    return matrix(fresh=True).admit(actor, flow, place, medium, on)


def explain(
    actor: Actor, flow: str, place: Place | None, medium: str, on: date, items: Iterable[str] = ()
) -> list[ItemLine]:
    """Item by item what the actor sees under the flow, and why; `items` are further ones to show as refused."""
    return matrix(fresh=True).explain(actor, flow, place, medium, on, items)


def flow_title(flow: str) -> str:
    """The flow in words, for headings and ledger lines: 諮問第815号「福祉タクシー券等の確認業務委託」, 業務の登録「住民記録」."""
    known = terms().get(flow)
    return known.title if known else flow


@contextmanager
def enter(
    flow: str,
    *,
    actor: Actor,
    place: Place | None,
    medium: str,
    on: date,
    direction: Direction | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[None]:
    """Work as the flow's database role until the block ends; needs, or makes, a transaction.

    Inside, unqualified names mean the flow's views first. The policy is PostgreSQL's: an actor who may not simply
    finds no row. Raises NotFound for an unknown flow, and RuntimeError when entered twice (one flow at a time).
    """
    known = terms().get(flow)
    if known is None:
        raise NotFound(
            f"取扱い {flow} はありません。",
            "諮問にも業務の登録にもありません。",
            "./azukari consult show 番号 で、その諮問の取扱いを確かめてください。",
        )
    connection = connections[using]
    role = role_of(flow)
    context = [actor.id, place.code if place else "", medium, on.isoformat(), direction or known.direction]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        if cursor.fetchone() != ("none",):
            raise RuntimeError(f"a flow is already entered in this transaction; leave it before entering {flow}")
        cursor.execute(ENTER, [*context, f"{role}, public", role])
        yield
        cursor.execute(LEAVE)


def subjects_of(table: str, ids: Sequence[int], *, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """Whose rows these are: surrogate keys, for the ledger. Only for rows the entered flow shows; others are left out."""
    with connections[using].cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{subjects_function(table)}"(%s)', [list(ids)])
        return [row[0] for row in cursor.fetchall()]


def desired(connection: BaseDatabaseWrapper) -> State:
    """The database this installation's consultations and tables ask for; `connection` is the owner's."""
    owner, tables = str(connection.settings_dict["USER"]), vessels()
    state = compile_state(terms(), tables, owner=owner, web=str(settings.DATABASES[DEFAULT_DB_ALIAS]["USER"]))
    role, by_name = settings.PUBLIC_ROLE, {vessel.table: vessel for vessel in tables}
    return replace(
        state,
        public=role,
        grants=state.grants.union(guest_grants(_openings, by_name, role)),
    )


def plan(connection: BaseDatabaseWrapper) -> list[str]:
    """What `apply` would do, step by step, in words and SQL; empty when the database is as it ought to be."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        found = [str(step) for step in walls.steps(cursor, desired(connection))]
        cursor.execute("SET LOCAL search_path TO DEFAULT")
    return found


def apply(connection: BaseDatabaseWrapper) -> list[str]:
    """Build the walls as the owner, in one transaction; the steps that were needed. Run after every migration."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        return [str(step) for step in walls.carry_out(cursor, desired(connection))]


def lift(connection: BaseDatabaseWrapper) -> None:
    """Before a migration changes tables: drop the generated views and policies. Tables stay closed until `apply`."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        walls.take_down(cursor)


# What the residents' server may do. A business says so from its AppConfig.ready.
_openings: list[Opening] = []


def open_to_residents(*openings: Opening) -> None:
    """A business tells which tables the residents' server may use, and how. Takes effect with `apply`."""
    _openings.extend(one for one in openings if one not in _openings)


# Actual numbers: a business says how many it handed over under a flow in [since, until), and which items it really used.
Actual = Callable[[date, date], tuple[int, frozenset[str]]]
_actuals: dict[str, Actual] = {}


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Approved against actual for one flow. None where no business has told the actual number."""

    flow: str
    title: str
    approved: int | None
    actual: int | None
    unit: str
    items: tuple[str, ...]
    items_used: tuple[str, ...] | None
    warning: CountWarning | None


def register_actual(flow: str, actual: Actual) -> None:
    """A business tells how to count what really happened under its flow; called from its AppConfig.ready."""
    _actuals[flow] = actual


def coverage(year: tuple[date, date], month: tuple[date, date]) -> list[CoverageLine]:
    """Approved against actual, flow by flow, each within its own period: the fiscal year or the month, half-open."""
    return [_coverage(flow, year, month) for flow in library().flows]


def _coverage(flow_id: str, year: tuple[date, date], month: tuple[date, date]) -> CoverageLine:
    flow = library().flows[flow_id]
    monthly = flow.per == "month"
    actual = _actuals.get(flow_id)
    count, used = actual(*(month if monthly else year)) if actual else (None, None)
    return CoverageLine(
        flow=flow_id,
        title=flow_title(flow_id),
        approved=flow.count,
        actual=count,
        unit=f"{flow.unit or '件'}/{'月' if monthly else '年'}",
        items=tuple(library().items_of(flow_id)),
        items_used=None if used is None else tuple(sorted(used)),
        warning=None if count is None else warn_count(flow, count),
    )

"""Which kinds of people may open a page. A page that says nothing is open to whoever is signed in, to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from azukari.core.accounts.types import KIND_NAMES, AccountCard, Kind
from azukari.core.policy.types import Decision, Place

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
OPEN = "azukari_open"
KINDS = "azukari_kinds"


class Request(HttpRequest):
    """A request after our middleware: who asks, and from where."""

    account: AccountCard | None
    place: Place | None


class NotAllowed(PermissionDenied):
    """A page or an item is refused. The middleware records it and the page says `decision`'s ground and reason."""

    def __init__(
        self, decision: Decision, *, flow: str | None = None, items: tuple[str, ...] = (), next_step: str = ""
    ) -> None:
        super().__init__(decision.reason)
        self.decision = decision
        self.flow = flow
        self.items = items
        self.next_step = next_step or "必要なときは、所管課の責任者に相談してください。"


def open_to_all(view: Callable[P, R]) -> Callable[P, R]:
    """Marks a page that needs no sign-in: it holds nothing personal."""
    setattr(view, OPEN, True)
    return view


def requires(
    *kinds: Kind,
) -> Callable[[Callable[Concatenate[Request, P], R]], Callable[Concatenate[Request, P], R]]:
    """Only these kinds of people open the page. Raises NotAllowed for the others; strangers are sent to sign in."""

    def wrap(view: Callable[Concatenate[Request, P], R]) -> Callable[Concatenate[Request, P], R]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> R:
            if request.account is None or request.account.kind not in kinds:
                raise NotAllowed(_for_others(kinds))
            return view(request, *args, **kwargs)

        setattr(guarded, KINDS, frozenset(kinds))
        return cast("Callable[Concatenate[Request, P], R]", guarded)

    return wrap


def _for_others(kinds: tuple[Kind, ...]) -> Decision:
    names = "、".join(KIND_NAMES[kind] for kind in kinds)
    return Decision(False, "画面の利用者の定め", f"この画面を使えるのは、{names}です。")

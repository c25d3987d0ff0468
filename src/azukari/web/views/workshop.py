"""The workshop's screens: today's jobs, then one task at a time. Large type, few words, nothing about anybody.

What a page shows follows from the database alone, so it may be lost, opened twice, or used without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from azukari.core.accounts.api import Request, requires
from azukari.core.dispatch import api as dispatch
from azukari.core.dispatch.api import Job, Stage, State, StopReason
from azukari.core.policy.types import Actor
from azukari.kernel.errors import AzukariError
from azukari.web import dispatching
from azukari.web.api import Link, page
from azukari.web.templatetags.furigana import furigana

HOME = "発送の作業"
SPOILED = "作業場で書損"
# What a stop says, and what to do, with readings.
STOPS: dict[StopReason, tuple[str, str]] = {
    StopReason.UNREADABLE: (
        "｜紙《かみ》のしるしを｜読《よ》めません",
        "もう｜一度《いちど》、しるしだけを｜読《よ》み｜取《と》ってください。｜日本語《にほんご》の｜入力《にゅうりょく》になっていたら、｜切《き》ってください。",
    ),
    StopReason.FORGED: (
        "｜本物《ほんもの》のしるしではありません",
        "この｜紙《かみ》を｜使《つか》わないで、｜責任者《せきにんしゃ》に｜渡《わた》してください。",
    ),
    StopReason.OTHER_JOB: (
        "｜別《べつ》の｜仕事《しごと》の｜紙《かみ》です",
        "この｜紙《かみ》を｜責任者《せきにんしゃ》に｜渡《わた》してください。",
    ),
    StopReason.OLD: (
        "｜古《ふる》い｜版《はん》の｜紙《かみ》です",
        "この｜紙《かみ》を｜書損《しょそん》の｜箱《はこ》に｜入《い》れてください。",
    ),
    StopReason.OTHER_SET: (
        "｜違《ちが》う｜組《くみ》の｜紙《かみ》です",
        "いま｜読《よ》んだ｜紙《かみ》を、もとの｜束《たば》に｜戻《もど》してください。",
    ),
    StopReason.TWICE: (
        "さっき｜読《よ》んだ｜紙《かみ》です",
        "まだ｜読《よ》んでいない｜紙《かみ》を｜探《さが》してください。",
    ),
    StopReason.SOMEBODY: (
        "ほかの｜人《ひと》がしている｜組《くみ》です",
        "この｜紙《かみ》を、その｜人《ひと》に｜渡《わた》してください。",
    ),
    StopReason.SEAL_FIRST: (
        "｜前《まえ》の｜封筒《ふうとう》の｜封《ふう》がまだです",
        "いま｜読《よ》んだ｜紙《かみ》を｜置《お》いて、｜先《さき》に｜封《ふう》をしてください。",
    ),
    StopReason.NOT_PRINTED: (
        "｜印刷《いんさつ》の｜記録《きろく》がありません",
        "「｜印刷《いんさつ》しました」を｜押《お》していないときは、｜先《さき》に｜押《お》してください。",
    ),
    StopReason.DONE: (
        "もう｜封《ふう》をした｜組《くみ》です",
        "この｜紙《かみ》を｜責任者《せきにんしゃ》に｜渡《わた》してください。",
    ),
    StopReason.WITHDRAWN: (
        "｜送《おく》らないことになった｜組《くみ》です",
        "この｜組《くみ》の｜紙《かみ》をすべて、｜引《ひ》き｜抜《ぬ》く｜箱《はこ》に｜入《い》れてください。",
    ),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One job on the workshop's list."""

    job: Job
    sealed: int
    total: int
    unprinted: int
    to_destroy: int


@require_GET
@requires(*dispatching.WORKERS)
def today(request: Request) -> HttpResponse:
    """The open jobs of the worker's contractor."""
    found, reason = dispatching.workers_jobs(request)
    context = {"tasks": [_task(one, _actor(request)) for one in found], "reason": reason}
    return page(request, "web/workshop/today.html", context, crumbs=[Link(HOME, request.path)])


def _task(job: Job, by: Actor) -> Task:
    stage, counted = dispatch.stage(job.id, by=by), dispatch.funnels([job.id])[job.id]
    unprinted = counted[State.PLANNED] + counted[State.SPOILED]
    return Task(job, stage.sealed, stage.total, unprinted, counted[State.WITHDRAWING])


@require_http_methods(["GET", "POST"])
@requires(*dispatching.WORKERS)
def bench(request: Request, key: int) -> HttpResponse:
    """One task at a time: read the first sheet, the next one, seal, or stop. A scanner types the code and Enter."""
    job = dispatching.workers_job(request, key)
    if request.method == "POST":
        _safely(
            request, lambda: dispatch.scan(key, request.POST.get("code", ""), by=_actor(request), place=request.place)
        )
        return _back(key)
    stage = dispatch.stage(key, by=_actor(request))
    context = {"job": job, "stage": stage, "mood": _mood(stage), "task": _task(job, _actor(request))}
    if stage.stop:
        context |= {"said": STOPS[stage.stop.reason][0], "todo": STOPS[stage.stop.reason][1]}
    return page(request, "web/workshop/bench.html", context, crumbs=_crumbs(job))


def _mood(stage: Stage) -> str:
    """Which sound and picture go with the stage."""
    if stage.stop:
        return "stop"
    return "done" if stage.matched else "ok" if stage.seq else "start"


def _crumbs(job: Job, *further: Link) -> tuple[Link, ...]:
    here = Link(job.title, reverse("web:bench", args=[job.id]))
    return Link(HOME, reverse("web:workshop")), here, *further


@require_POST
@requires(*dispatching.WORKERS)
def act(request: Request, key: int, what: str) -> HttpResponse:
    """One button: seen, sealed, spoiled, put aside, printed."""
    job, by, place = dispatching.workers_job(request, key), _actor(request), request.place
    buttons: dict[str, tuple[Callable[[], object], str]] = {
        "seen": (lambda: dispatch.acknowledge(job.id, by=by), ""),
        "sealed": (
            lambda: dispatch.seal(job.id, by=by, place=place),
            "｜封《ふう》をしました。｜箱《はこ》に｜入《い》れてください。",
        ),
        "spoiled": (
            lambda: dispatch.spoil(job.id, why=SPOILED, by=by, place=place),
            "この｜組《くみ》の｜紙《かみ》をすべて、｜書損《しょそん》の｜箱《はこ》に｜入《い》れてください。｜新《あたら》しい｜紙《かみ》を｜印刷《いんさつ》します。",
        ),
        "aside": (
            lambda: dispatch.put_aside(job.id, by=by, place=place),
            "この｜組《くみ》を、もとの｜束《たば》に｜戻《もど》してください。",
        ),
        "printed": (
            lambda: dispatch.printed(job.id, by=by, place=place),
            "｜印刷《いんさつ》を｜記録《きろく》しました。",
        ),
    }
    if what not in buttons:
        raise Http404
    do, said = buttons[what]
    _safely(request, do, said)
    return _back(key)


@require_http_methods(["GET", "POST"])
@requires(*dispatching.WORKERS)
def waste(request: Request, key: int) -> HttpResponse:
    """Sheets of sets that will not be sent, read one by one as they go into the bin."""
    job = dispatching.workers_job(request, key)
    if request.method == "POST":
        _safely(request, lambda: _destroyed(request, key))
        return HttpResponseRedirect(reverse("web:waste", args=[key]), status=303)
    context = {"job": job, "waiting": dispatch.waiting(key, State.WITHDRAWING)}
    return page(request, "web/workshop/waste.html", context, crumbs=_crumbs(job, Link("引き抜く箱", request.path)))


def _destroyed(request: Request, key: int) -> None:
    mark, left = dispatch.destroy(key, request.POST.get("code", ""), by=_actor(request), place=request.place)
    said = f"{dispatch.sheet_words(mark)} を箱に入れました。"
    messages.success(
        request, said + (f"この組は、あと {left} 枚です。" if left else "この組は終わりです。"), extra_tags="ok"
    )


def _safely(request: Request, do: Callable[[], object], said: str = "") -> None:
    """Do it, and say so; or say what is wrong and what to do."""
    try:
        do()
    except AzukariError as error:
        messages.error(request, f"{error.what} {error.next_step}", extra_tags="stop")
    else:
        if said:
            messages.success(request, furigana(said), extra_tags="ok")


def _back(key: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:bench", args=[key]), status=303)


def _actor(request: Request) -> Actor:
    return dispatching.actor(request)

"""`./azukari up`: everything from an empty folder to a page that answers, and everything stopped again at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from azukari.cli.manage import Progress, bring_up_to_date, prepare_django, running_database
from azukari.cli.site import RESIDENTS, Site
from azukari.config.cluster import Cluster
from azukari.config.home import Installation, alone, home, install, installation
from azukari.kernel.errors import BadInput, Unavailable

WARD = 28_000
LARGEST_WARD = 2_000_000
SPACE_FOR_SYSTEM = 600_000_000
SPACE_FOR_WORK = 100_000_000
SPACE_A_PERSON = 4_000
WAIT_SECONDS = 0.05
WATCH_SECONDS = 0.5
say = Console(stderr=True, highlight=False, soft_wrap=True)
# Python drops what a signal raises while an object is being finalised, so the wish to stop is kept and seen again.
_asked: list[SystemExit] = []


def up(
    port: Annotated[int, typer.Option(help="待ち受けるポート (127.0.0.1 のみ)", min=1, max=65535)] = 8000,
    public_port: Annotated[
        int | None,
        typer.Option(help="区民の画面のポート (127.0.0.1 のみ。既定は --port の次)", min=1, max=65535),
    ] = None,
    ward_size: Annotated[
        int | None, typer.Option(help=f"見本の区の人数 (初回のみ。既定 {WARD:,} 人)", min=100, max=LARGEST_WARD)
    ] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="見本の区を作らない (初回のみ)")] = False,
) -> None:
    """Azukari を始めます。止めるときは Ctrl-C を押してください。"""
    began = time.monotonic()
    _listen()
    ports = (port, public_port or port % 65535 + 1)
    with alone(f"プロセス {os.getpid()} (ポート {port})"):
        _check_port(ports[0], "--port")
        _check_port(ports[1], "--public-port")
        ward = _ward(ward_size, no_demo=no_demo)
        _check_space(ward)
        _check_code(ward)
        with running_database() as cluster, _database_words(cluster):
            with _bars() as progress:
                bring_up_to_date(install(ward), progress)
            try:
                _serve(ports, ward, cluster, began)
            except SystemExit:
                say.print("止めています …")


def _listen() -> None:
    """Leave tidily when asked to; `nohup` is respected."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> NoReturn:
    """Ctrl-C and friends leave through every `with`, once; a second one does not interrupt the stopping."""
    for other in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(other, signal.SIG_IGN)
    _asked.append(SystemExit(128 + number))
    raise _asked[0]


def _check_port(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Unavailable(
                f"ポート {port} を使えません。",
                f"ほかのプログラムが使っているか、使う権限がありません ({error.strerror})。",
                f"./azukari up {option} {port + 1 if port < 65535 else 8000} のように、別のポートを指定してください。",
            ) from error


def _ward(size: int | None, *, no_demo: bool) -> Installation:
    """What this start is asked to be. An installation stays what its first start made it. Raises BadInput."""
    known = installation()
    if known is None:
        return Installation(False) if no_demo else Installation(True, size or WARD)
    asked = 0 if no_demo else size
    if asked is not None and asked != known.size:
        is_now = f"見本の区 {known.size:,} 人" if known.demonstration else "見本のない区"
        raise BadInput(
            f"ここの区は、すでに {is_now} として作られています。",
            "区の人数や種類は初回に決まり、あとから変えると記録が合わなくなります。何も変更していません。",
            "この指定を外して実行するか、AZUKARI_HOME に別の場所を指定して、新しい区を作ってください。",
        )
    return known


def _check_space(ward: Installation) -> None:
    is_first = installation() is None
    needed = SPACE_FOR_SYSTEM + ward.size * SPACE_A_PERSON if is_first else SPACE_FOR_WORK
    free = shutil.disk_usage(home()).free
    if free < needed:
        raise Unavailable(
            f"ディスクの空きが足りません ({home()})。",
            f"{needed / 1e6:,.0f} MB が必要ですが、空きは {free / 1e6:,.0f} MB です。",
            "空きを作るか、AZUKARI_HOME に別の場所を指定してください。",
        )


def _check_code(ward: Installation) -> None:
    """Load the program and the consultations before anything is written. Raises BadInput."""
    os.environ["AZUKARI_DEMONSTRATION"] = str(int(ward.demonstration))
    prepare_django()
    from django.core import checks

    found = [message for message in checks.run_checks() if message.is_serious()]
    if found:
        raise BadInput(
            "このままでは始められません。",
            "\n        ".join(str(message.msg) for message in found),
            next((message.hint for message in found if message.hint), "上の箇所を直してください。"),
        )


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar for each long step."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bars(*columns, console=say) as bars:
        tasks: dict[str, TaskID] = {}

        def progress(title: str, done: int, total: int) -> None:
            if title not in tasks:
                tasks[title] = bars.add_task(title)
            bars.update(tasks[title], completed=done, total=total)

        yield progress


@contextmanager
def _database_words(cluster: Cluster | None) -> Iterator[None]:
    """Tell a failing database in words. Raises Unavailable."""
    from django.db import OperationalError

    try:
        yield
    except OperationalError as error:
        log = f"記録 {cluster.log}" if cluster else "サーバーの記録"
        raise Unavailable(
            "データベースが途中で答えなくなりました。",
            str(error).strip(),
            f"{log} とディスクの空きを確かめ、もう一度 ./azukari up を実行してください。続きから始まります。",
        ) from error


def _sealer() -> AbstractContextManager[object]:
    from azukari.core.audit.api import Sealer

    return Sealer()


def _mails(link: str) -> AbstractContextManager[object]:
    """Sends the residents' mails, where a mail server is named in the environment; otherwise they stay queued."""
    from azukari.business.hotstay.api import MailSender
    from azukari.config.mail import server

    named = server(link)
    return MailSender(named) if named else nullcontext()


def _announce(sites: tuple[Site, Site], ward: Installation, seconds: float) -> None:
    page = Console(highlight=False, soft_wrap=True)
    page.print(f"\n[bold]Azukari[/bold]  {sites[0].address}  ({seconds:.1f} 秒で始まりました)")
    page.print(f"区民の画面 (ほっとステイ)  {sites[1].address}\n")
    if ward.demonstration:
        from azukari.demo.names import CHILD_LOGIN, CHILD_PASSWORD

        page.print(f"お子さまのID {CHILD_LOGIN}  パスワード {CHILD_PASSWORD}\n")
        page.print(_sign_ins())
        page.print("確認番号 (6桁) は、サインインの画面に出ています。./azukari code 利用者番号 でも表示できます。")
    page.print("止めるときは Ctrl-C を押してください。")
    sys.stdout.flush()


def _sign_ins() -> Table:
    """One person of each kind whom a made-up ward lets in."""
    from azukari.core.accounts.api import DEMONSTRATION_PASSWORD, KIND_NAMES
    from azukari.demo.accounts import PEOPLE

    table = Table(title=f"見本の区のサインイン  パスワードはどれも {DEMONSTRATION_PASSWORD}", title_justify="left")
    for heading in ("立場", "利用者番号", "氏名", "所属"):
        table.add_column(heading, overflow="fold")
    for person in PEOPLE:
        table.add_row(KIND_NAMES[person.kind], person.login, person.name, person.section or person.contractor or "")
    table.add_row(KIND_NAMES["resident"], "resident", "(区民のひとり)", "")
    return table


def _serve(ports: tuple[int, int], ward: Installation, cluster: Cluster | None, began: float) -> None:
    """Serve until somebody asks to stop. A part that ends by itself ends the whole, with its name."""
    with Site(ports[0]) as site, Site(ports[1], RESIDENTS) as residents, _sealer(), _mails(residents.address):
        sites = (site, residents)
        while not all(one.answers() for one in sites):
            _check(sites, cluster)
            time.sleep(WAIT_SECONDS)
        _announce(sites, ward, time.monotonic() - began)
        while True:
            _check(sites, cluster)
            time.sleep(WATCH_SECONDS)


def _check(sites: tuple[Site, ...], cluster: Cluster | None) -> None:
    if _asked:
        raise _asked[0]
    if cluster and cluster.has_ended():
        raise Unavailable(
            "データベースが止まりました。",
            "PostgreSQL が自分で終わりました。",
            f"記録 {cluster.log} を確かめ、もう一度 ./azukari up を実行してください。",
        )
    for site in sites:
        site.check()

"""What goes into a 全銀 file and comes out of it. Amounts are yen; names are written in the permitted half-width characters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from azukari.kernel.errors import BadInput


class Deposit(IntEnum):
    """預金種目 (全銀協 付録3). 総合振込 takes 1, 2, 4, 9 for a payee and 1, 2, 9 for the payer."""

    ORDINARY = 1
    CURRENT = 2
    SAVINGS = 4
    OTHER = 9


class Level(StrEnum):
    """Whether a bank has to refuse the file for it, or may take it."""

    ERROR = "不可"
    NOTE = "注意"


@dataclass(frozen=True, slots=True)
class Bank:
    """A branch of a bank.

    `code` 4 digits and `branch` 3 digits, exactly; ゆうちょ is 9900 with the 店番 made from its 記号. The names are at
    most 15 bytes and may be empty: banks go by the numbers.
    """

    code: str
    name: str
    branch: str
    branch_name: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account: `kind` is a 預金種目 (`Deposit`), `number` 1 to 7 digits, `holder` the 受取人名, at most 30 bytes.

    A payer's account has no place for a holder in the file: there it is not written, and is read as "".
    """

    bank: Bank
    kind: int
    number: str
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """振込依頼人: `code` 1 to 10 digits given by the bank, `name` at most 40 bytes, and the account that pays."""

    code: str
    name: str
    account: Account


@dataclass(frozen=True, slots=True)
class Payment:
    """One transfer: `amount` 1 to 9,999,999,999 yen.

    `new_code` 新規コード: 1 first transfer, 2 account changed, 0 otherwise. `customer_1` and `customer_2` 顧客コード: up
    to 10 digits each, or instead of both `edi`, EDI情報 of at most 20 bytes. `transfer_class` 振込指定区分: 7 テレ振込,
    8 文書振込, 0 for banks that do not use it.
    """

    account: Account
    amount: int
    new_code: int = 0
    customer_1: str = ""
    customer_2: str = ""
    edi: str = ""
    transfer_class: int = 7


@dataclass(frozen=True, slots=True)
class Batch:
    """One header with its payments. `day` is MMDD: the file holds no year."""

    payer: Payer
    day: str
    payments: tuple[Payment, ...]

    @property
    def amount(self) -> int:
        """The sum of its payments, yen."""
        return sum(payment.amount for payment in self.payments)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A 総合振込 file as read: its batches, and whether records end in CR LF."""

    batches: tuple[Batch, ...]
    line_ends: bool

    @property
    def count(self) -> int:
        """Payments in all batches, 件."""
        return sum(len(batch.payments) for batch in self.batches)

    @property
    def amount(self) -> int:
        """The sum of all batches, yen."""
        return sum(batch.amount for batch in self.batches)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at one place of a file.

    `record` counts from 1 (0: the file as a whole), `offset` is the byte in the file from 0, `column` the byte in its
    record from 1 as the bank's paper counts (0: no place in a record), `field` the item's name in the standard.
    """

    record: int
    offset: int
    column: int
    field: str
    what: str
    why: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        place = f"{self.record}番目のレコード" if self.record else "ファイル"
        column = f" {self.column}桁" if self.column else ""
        return f"[{self.level}] {place}{column} {self.field}: {self.what} {self.why}"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that cannot be written: the record it would stand in (1 is the header), the item, the value and why."""

    record: int
    field: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.record}番目のレコード {self.field}「{self.value}」: {self.why}"


class Unwritable(BadInput):
    """A file was not made. `misfits` are all the reasons, in the order of the records."""

    def __init__(self, misfits: tuple[Misfit, ...]) -> None:
        super().__init__(
            f"全銀の振込ファイルを作れません ({len(misfits)} か所)。",
            "\n        ".join(map(str, misfits)),
            "振込先の登録を直してから、もう一度作ってください。名義は切り詰めません。",
        )
        self.misfits = misfits

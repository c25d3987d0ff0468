"""The one address service: every address that is shown, posted, exported or printed comes from here.

No other module reads `people_address` (a test of the repository holds it), so that an address to be concealed is
stopped at the moment of output, whatever the path. Callers name the purpose and take an `Address` or a `Refusal`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from azukari.core.people.reading import in_force, period
from azukari.core.people.types import Address, Purpose, Refusal, RefusalKind

NOT_LISTED = Refusal(RefusalKind.NOT_LISTED, "この業務の諮問・登録簿には、住所が項目として挙げられていません。")
NONE_REGISTERED = Refusal(RefusalKind.NONE_REGISTERED, "この日に登録されている住所はありません。")


def address_for(person_id: int, *, on: date, purpose: Purpose) -> Address | Refusal:
    """The address of one person on one day, for one purpose, as far as the flow entered may see it."""
    return addresses_for([person_id], on=on, purpose=purpose)[person_id]


def addresses_for(
    person_ids: Collection[int],
    *,
    on: date,
    purpose: Purpose,  # noqa: ARG001 (every caller says it already, for the day an address must be concealed)
) -> dict[int, Address | Refusal]:
    """The same for many persons in one query; every key asked for is answered."""
    rows = in_force("v_people_address", person_ids, on)
    if rows is None or (rows and "town" not in rows[0]):
        return dict.fromkeys(person_ids, NOT_LISTED)
    answers: dict[int, Address | Refusal] = dict.fromkeys(person_ids, NONE_REGISTERED)
    for row in rows:
        answers[row["person_id"]] = Address(
            postcode=row["postcode"],
            municipality=row["municipality"],
            town=row["town"],
            chome=row["chome"],
            ban=row["ban"],
            go=row["go"],
            building=row["building"],
            valid=period(row["valid"]),
        )
    return answers


def written_address(
    person_id: int,  # noqa: ARG001 (as `purpose`)
    postcode: str,
    text: str,
    *,
    purpose: Purpose,  # noqa: ARG001 (every caller says it already, for the day an address must be concealed)
) -> str:
    """An address that somebody wrote themselves, by a 本人 key: 〒154-8504 東京都…, just as they wrote it.

    Nothing is looked up, for it is not the registered one. `postcode` is 7 digits, or "" where none was written.
    """
    return f"〒{postcode[:3]}-{postcode[3:]} {text}" if postcode else text

"""What commands and the demonstration may ask of the business: receive, check, settle, report, and write claims.

All work as the owner. Pages do not come here: they enter a flow and read its views (`service`).
"""

from __future__ import annotations

from azukari.business.taxi.booklets import print_year
from azukari.business.taxi.intake import (
    InvoiceLine,
    VoucherColumns,
    write_invoice,
    write_vouchers_csv,
    write_vouchers_xlsx,
)
from azukari.business.taxi.judging import Checked, check
from azukari.business.taxi.paperwork import Settled, settle
from azukari.business.taxi.printing import Entries, VoucherFace, slip_image
from azukari.business.taxi.receiving import Received, receive
from azukari.business.taxi.reporting import Report, report
from azukari.business.taxi.serials import checked, payload, serial

__all__ = [
    "Checked",
    "Entries",
    "InvoiceLine",
    "Received",
    "Report",
    "Settled",
    "VoucherColumns",
    "VoucherFace",
    "check",
    "checked",
    "payload",
    "print_year",
    "receive",
    "report",
    "serial",
    "settle",
    "slip_image",
    "write_invoice",
    "write_vouchers_csv",
    "write_vouchers_xlsx",
]

"""Reading scanned vouchers: one image a voucher, its number from its QR code. Plain Python, no Django, no database.

A page is read right or reported unread with words for a person; it is never guessed.
"""

from azukari.business.taxi.scans.folder import read_folder
from azukari.business.taxi.scans.pages import four_items_crop, upright, whole
from azukari.business.taxi.scans.reading import PageRead, read_page

__all__ = ["PageRead", "four_items_crop", "read_folder", "read_page", "upright", "whole"]

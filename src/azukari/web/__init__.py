"""The frame: base page, parts, home, consultations, ledger and people pages. No business words."""

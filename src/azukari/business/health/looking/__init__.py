"""Extraction over the installation's own store, written in the ledger."""

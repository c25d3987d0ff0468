"""The append-only ledger: written with what it records, sealed in signed epochs, verified byte by byte."""

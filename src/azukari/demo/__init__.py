"""A made-up ward, deterministic from a seed."""

"""Persons, households, dated names and addresses, and the one address service."""

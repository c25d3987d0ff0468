"""Targets of the programmes as tested definitions."""

"""The names of columns.CHECKUPS where they differ from those of types.Values."""

from __future__ import annotations

CHECKUP_NAMES = {
    "triglyceride_fasting": "tg",
    "triglyceride_casual": "tg_casual",
    "glucose_fasting": "fpg",
    "glucose_casual": "casual_glucose",
}

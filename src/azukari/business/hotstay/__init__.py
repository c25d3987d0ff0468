"""ほっとステイ (諮問814): bookings of short-time care that never oversell and never turn a child away wrongly."""

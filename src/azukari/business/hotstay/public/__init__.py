"""The residents' side of ほっとステイ: sign-in by the child's ID and password, the booking pages, the calendar feed, mail."""

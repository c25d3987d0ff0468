"""The one door by which a page reaches personal items."""

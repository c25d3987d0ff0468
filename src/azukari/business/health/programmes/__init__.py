"""Doing the programmes: call lists, letters, guidance, progress, the pictures of the year."""

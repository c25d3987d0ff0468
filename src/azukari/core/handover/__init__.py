"""What left and what came in: proposed, approved, written, opened, returned, erased."""

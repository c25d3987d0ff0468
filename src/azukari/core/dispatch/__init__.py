"""Letters on their way: every sheet has a code, every set is matched, every batch is balanced."""

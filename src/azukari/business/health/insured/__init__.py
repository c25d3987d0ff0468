"""資格: the ward's own list of the insured."""

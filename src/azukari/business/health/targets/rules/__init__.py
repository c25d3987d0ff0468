"""The language of the definitions and what it means for one person; plain Python."""

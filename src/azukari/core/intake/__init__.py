"""Files that arrive: what they really are, their tables line by line, and the store of originals. No database, no clock."""

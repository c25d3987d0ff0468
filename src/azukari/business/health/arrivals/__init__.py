"""Whatever arrives in files: which kind it is, and to whom it goes."""

"""Settings, addresses, the database server, and where an installation keeps its files."""

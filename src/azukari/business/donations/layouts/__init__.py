"""The files a portal writes, one small TOML a layout: which title is which field, and what its words mean here."""

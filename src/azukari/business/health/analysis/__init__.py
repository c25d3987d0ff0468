"""What the analysts get: pseudonymised tables, and the disclosure report before a medium is written."""

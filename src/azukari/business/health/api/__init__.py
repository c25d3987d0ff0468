"""The doors of the package, one module a part: a quick command opens only the one it needs."""

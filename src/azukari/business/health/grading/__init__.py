"""特定保健指導の階層化 of a stream of rows, for the command that needs no ward and loads no table."""

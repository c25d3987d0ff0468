"""The commands of `./azukari`, one module each."""

"""The effect of a programme, said honestly."""

"""Who may sign in, from where, and for how long a session lasts."""

"""Where studies stand: all at a glance, one with its trials, and both again and again."""

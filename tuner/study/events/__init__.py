"""What a driver decides and hears, kept in a log until the store has it."""

"""What a session knows of its trials: how long each runs, on which data, how many failed."""

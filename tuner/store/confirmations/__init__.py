"""What trials were worth on the test split, as the store has it; no search ever reads it."""

"""What a driver decides and hears of its trials, as plain data that outlives it, and what others did."""

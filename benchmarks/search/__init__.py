"""What a search costs: recorded trainings, replayed as if on many devices, by us and by our rivals."""

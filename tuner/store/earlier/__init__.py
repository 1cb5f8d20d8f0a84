"""What a new study takes from earlier ones: their results, or the points that were best."""

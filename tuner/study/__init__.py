"""What is known: the study and its store."""

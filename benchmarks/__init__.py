"""What was measured, each with the one command that measures it again."""

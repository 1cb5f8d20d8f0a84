"""What a study's trainings leave in its folder: their output, and what stays of their files."""

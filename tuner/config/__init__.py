"""What to search: the YAML, the search space, the study's configuration."""

"""A study in memory: what is asked, reported and told, and how it was decided."""

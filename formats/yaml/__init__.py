"""YAML 1.2 without its surprises, with the place of every value."""

"""One training from its config to its last epoch."""

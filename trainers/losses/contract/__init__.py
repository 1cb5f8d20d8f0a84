"""What every loss has: its config, its geometry, and the value it returns for a batch."""

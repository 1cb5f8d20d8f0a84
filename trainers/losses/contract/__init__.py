"""What every loss keeps: its config, what it gives back for a batch, and the geometry it measures in."""

"""What a driver writes: its events, one transaction each, and what it answers to other programs."""

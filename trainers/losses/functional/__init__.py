"""What losses are made of: distances, angles, triplets of a batch."""

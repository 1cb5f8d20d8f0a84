"""What a training leaves on disk: its state to go on from, its history, and the weights of its best epoch."""

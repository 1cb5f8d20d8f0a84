"""What runs and waits in the queue of a store, and why, for people and for programs."""

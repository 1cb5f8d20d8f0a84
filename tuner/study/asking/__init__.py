"""What is trained next: a trial that waits, a point that is given, or what the sampler proposes."""

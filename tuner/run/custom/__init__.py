"""A user's own trainer, named in the study's `trainable`."""

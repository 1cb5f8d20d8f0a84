"""Trains the trials of a front again, with fresh seeds, and judges each once on the test split."""

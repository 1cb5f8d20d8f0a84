"""One training config in, one trained and evaluated model out."""

"""A network of machines on one: nodes, heads and services that are cut off."""

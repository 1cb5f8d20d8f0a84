"""Trials on a Ray cluster; the only folder that imports ray."""

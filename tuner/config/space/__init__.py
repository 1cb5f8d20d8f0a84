"""The search space: holes in a training config, their rules, their corners."""

"""How a training fares: what its steps and its space look like every epoch, and what that means.

A new diagnostic is a function in a file beside this one, and its name in ``METRICS``.
"""

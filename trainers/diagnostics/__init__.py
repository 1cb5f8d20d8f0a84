"""The diagnostics of a training: metrics of its steps and its space every epoch, and a verdict on them.

A new diagnostic is a function in a file beside this one, and its name in ``METRICS``.
"""

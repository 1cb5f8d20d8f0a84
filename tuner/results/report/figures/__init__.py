"""The figures of a report, one file each: a study in, what plotly.js draws out."""

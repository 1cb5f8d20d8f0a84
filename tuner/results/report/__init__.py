"""Studies as one HTML file that needs no network: figures, tables, and how to reproduce them."""

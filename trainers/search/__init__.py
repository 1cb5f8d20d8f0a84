"""Search by example: embeddings in files, and the nearest of them."""

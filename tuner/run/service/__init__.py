"""A service: drives every queued study of a store on one cluster."""

"""The queue of studies that services drive, and the services of a store."""

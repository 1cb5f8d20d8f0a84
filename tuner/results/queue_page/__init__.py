"""The queue as the dashboard serves it: a page without scripts, and forms where it may change something."""

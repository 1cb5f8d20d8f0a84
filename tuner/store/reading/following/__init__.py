"""What follows the store: trials kept in memory, and whether anything has changed."""

"""What is read from the store; nothing here changes what a driver decided."""

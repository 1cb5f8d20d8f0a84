"""What would keep a launch from running: looked at before one is started."""

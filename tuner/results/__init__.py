"""What people see: the front, exports, the dashboard."""

"""What happens now: the runners, the live table, the one bridge to the trainers."""

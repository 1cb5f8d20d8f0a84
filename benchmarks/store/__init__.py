"""What it costs to decide a trial, to write it down, and to read a study of many trials."""

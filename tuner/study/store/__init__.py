"""The study store's database; the only folder with SQL."""

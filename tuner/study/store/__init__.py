"""The study store's database: its tables, who may write to them, and the SQL that does."""

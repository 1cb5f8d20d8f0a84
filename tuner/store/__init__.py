"""What is written down: the database of the studies, who may write to it, and the SQL that does."""

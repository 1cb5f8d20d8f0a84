"""What to do about what a database says."""

from __future__ import annotations

GRANT = "give the user the right to: GRANT ALL ON ALL TABLES IN SCHEMA public"
_PASSWORD = (
    "correct it in TUNER_STORAGE_PASSWORD, or in the file that TUNER_STORAGE_PASSWORD_FILE names; "
    "that of copy's --from stands in its URL, in TUNER_STORAGE_FROM"
)
_FILE = "give this user the right to write to the file and its folder, or name another file for the studies"
# What SQLite, Postgres and its driver say, and what to do about it.
_REMEDIES = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("role", "correct the user in the storage's URL, or make it: createuser"),
    ("does not exist", "correct the database's name in the storage's URL, or make it: createdb"),
    ("Connection refused", "start the database, or correct host and port in the storage's URL"),
    ("No such file", "start the database, or correct host and port in the storage's URL"),
    ("could not translate host name", "correct the host in the storage's URL"),
    ("timeout expired", "correct the host in the storage's URL, or let this machine through the firewall"),
    ("no pg_hba.conf entry", "let this machine in: a line in the server's pg_hba.conf"),
    ("too many clients", "end other programs that hold connections, or raise max_connections"),
    ("connection slots", "end other programs that hold connections, or raise max_connections"),
    ("permission denied", GRANT),
    ("not a database", "name another file for the studies"),
    ("locked", "end the program that holds it"),
    ("readonly database", _FILE),
    ("unable to open database file", _FILE),
    ("disk is full", "make room on the disk of the storage's file"),
)


def remedy_for(said: str) -> str:
    """What to do about a database's own words."""
    return next((remedy for words, remedy in _REMEDIES if words in said), "see the database's own log")

"""Hints: what to do about an error of a database."""

from __future__ import annotations

GRANT = "give the user the right to: GRANT ALL ON ALL TABLES IN SCHEMA public"
_PASSWORD = (
    "correct it in TUNER_STORAGE_PASSWORD, or in the file that TUNER_STORAGE_PASSWORD_FILE names; "
    "that of copy's --from stands in its URL, in TUNER_STORAGE_FROM"
)
_FILE = "give this user the right to write to the file and its folder, or name another file for the studies"
_CONNECTIONS = "end other programs that hold connections, or raise max_connections"
_START = "start the database, or correct host and port in the storage's URL"
_ROOM = "make room on the disk of the database"
# A part of a message of SQLite, Postgres or its driver, and what to do about it; the first that fits.
_HINTS = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("too many", _CONNECTIONS),
    ("connection slots", _CONNECTIONS),
    ("No space left on device", _ROOM),
    ("could not extend file", _ROOM),
    ("disk is full", "make room on the disk of the storage's file"),
    ("read-only", "make it writable again (default_transaction_read_only), or name the primary server"),
    ("administrator command", _START),
    ("starting up", "wait until it has started"),
    ("shutting down", _START),
    ("recovery mode", "wait until it has recovered"),
    ("closed the connection", _START),
    ("lock timeout", "look in pg_stat_activity who holds its tables, and end that"),
    ("statement timeout", "look in pg_stat_activity what keeps it busy"),
    ("role", "correct the user in the storage's URL, or make it: createuser"),
    ("does not exist", "correct the database's name in the storage's URL, or make it: createdb"),
    ("Connection refused", _START),
    ("No such file", _START),
    ("could not translate host name", "correct the host in the storage's URL"),
    ("timeout expired", "correct the host in the storage's URL, or let this machine through the firewall"),
    ("no pg_hba.conf entry", "let this machine in: a line in the server's pg_hba.conf"),
    ("permission denied", GRANT),
    ("not a database", "name another file for the studies"),
    ("locked", "end the program that holds it"),
    ("readonly database", _FILE),
    ("unable to open database file", _FILE),
    ("I/O error", "look whether the disk of the storage's file is full or broken"),
)


def hint_for(message: str) -> str:
    """Return what to do about an error of a database, by its message."""
    return next((hint for words, hint in _HINTS if words in message), "see the database's own log")

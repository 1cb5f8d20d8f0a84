"""The names of what the store keeps of a trial beside its metrics; no metric may have one of them."""

RESERVED = frozenset(
    {
        *("study", "number", "trial", "state"),
        *("config", "versions", "git_commit", "attempt", "retry_of", "follows", "epoch", "checkpoint"),
        *("node", "node_id", "device", "device_name", "peak_memory_mib", "started_at", "seconds"),
        *("reason", "traceback", "health", "health_reason"),
        *("checkpoint_lost", "checkpoint_failed", "asked_by", "asked_as", "lost_on", "from_epoch"),
    }
)
"""Attributes of a trial, columns of `tuner_results`, and keys of an exported row."""

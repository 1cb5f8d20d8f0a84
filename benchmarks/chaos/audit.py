"""What must be true of a finished study, asked of its store in plain SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from benchmarks.chaos.violation import Violation
from trainers.config import TrainConfig

_STUDY = """
CREATE TEMP TABLE study AS
SELECT s.study_id, config -> 'train' AS train, (config -> 'budget' ->> 'trials')::int AS trials,
  (config -> 'budget' ->> 'epochs')::int AS epochs, json_array_length(config -> 'objectives') AS objectives
FROM studies s JOIN (SELECT study_id, value_json::json AS config FROM study_user_attributes
                     WHERE key = 'config') c USING (study_id)
WHERE s.study_name = %(study)s;

CREATE TEMP TABLE attribute AS
SELECT a.trial_id, a.key, a.value_json::jsonb #>> '{}' AS value
FROM trial_user_attributes a JOIN trials USING (trial_id) JOIN study USING (study_id);

CREATE TEMP TABLE trial AS
SELECT t.trial_id, t.number, t.state::text, t.state IN ('COMPLETE', 'PRUNED') AS ended,
  (SELECT value FROM attribute a WHERE a.trial_id = t.trial_id AND key = 'reason') AS reason,
  (SELECT value::int FROM attribute a WHERE a.trial_id = t.trial_id AND key = 'follows') AS follows,
  (SELECT value::int FROM attribute a WHERE a.trial_id = t.trial_id AND key = 'attempt') AS attempt,
  COALESCE((SELECT value::int FROM attribute a WHERE a.trial_id = t.trial_id AND key = 'retry_of'),
           t.number) AS origin
FROM trials t JOIN study USING (study_id);

CREATE TEMP TABLE report AS
SELECT t.origin, t.number, r.epoch FROM tuner_reports r JOIN trial t USING (trial_id);
"""

_PROMISES = {
    "budget": """
        SELECT format('%%s trials completed or stopped, the budget is %%s', n, trials)
        FROM study, (SELECT count(*) AS n FROM trial WHERE ended) counted WHERE n <> trials""",
    "running": """
        SELECT format('trial %%s is %%s, and nobody drives the study', number, state)
        FROM trial WHERE state IN ('RUNNING', 'WAITING')""",
    "numbers": """
        SELECT format('%%s trials have the number %%s', count(*), number)
        FROM trial GROUP BY number HAVING count(*) > 1 OR number IS NULL""",
    "reports": """
        SELECT format('epoch %%s of trial %%s is stored %%s times', epoch, number, count(*))
        FROM report GROUP BY number, epoch HAVING count(*) > 1""",
    "values": """
        SELECT format('trial %%s is complete and has %%s values for %%s objectives',
                      number, count(value), objectives)
        FROM study, trial LEFT JOIN trial_values USING (trial_id) WHERE state = 'COMPLETE'
        GROUP BY number, objectives HAVING count(value) <> objectives""",
    "completeness": """
        SELECT format('trial %%s is complete and lacks %%s', number, string_agg(name, ', ' ORDER BY name))
        FROM trial CROSS JOIN unnest(%(metrics)s::text[]) AS name
        WHERE state = 'COMPLETE' AND NOT EXISTS (
          SELECT FROM attribute a WHERE a.trial_id = trial.trial_id AND key = name AND value IS NOT NULL)
        GROUP BY number""",
    "reasons": """
        SELECT format('trial %%s is %%s without a reason', number, state)
        FROM trial WHERE state IN ('PRUNED', 'FAIL') AND COALESCE(reason, '') = ''""",
    "attempts": """
        SELECT format('trial %%s is gone on from %%s times', follows, count(*))
        FROM trial WHERE follows IS NOT NULL GROUP BY follows HAVING count(*) > 1
        UNION ALL
        SELECT format('the training of trial %%s ended %%s times', origin, count(*) FILTER (WHERE ended))
        FROM trial GROUP BY origin HAVING count(*) FILTER (WHERE ended) > 1
        UNION ALL
        SELECT format('the training of trial %%s is lost: its last attempt is %%s of 3', origin, max(attempt))
        FROM trial GROUP BY origin HAVING NOT bool_or(ended) AND max(attempt) < 3
          AND count(*) FILTER (WHERE state IN ('RUNNING', 'WAITING')) = 0""",
    "epochs": """
        SELECT format('epoch %%s of the training of trial %%s was reported by %%s attempts',
                      epoch, origin, count(*))
        FROM report WHERE NOT origin = ANY(%(damaged)s::int[])
        GROUP BY origin, epoch HAVING count(DISTINCT number) > 1
        UNION ALL
        SELECT format('the training of trial %%s has %%s epochs up to epoch %%s',
                      origin, count(DISTINCT epoch), max(epoch))
        FROM report GROUP BY origin HAVING count(DISTINCT epoch) <> max(epoch)
        UNION ALL
        SELECT format('trial %%s is complete after epoch %%s of %%s', t.number, max(r.epoch), epochs)
        FROM study, trial t LEFT JOIN report r USING (origin) WHERE state = 'COMPLETE'
        GROUP BY t.number, epochs HAVING max(r.epoch) IS DISTINCT FROM epochs""",
}
PROMISES = tuple(_PROMISES)
"""What is asked of the store, by name; each is a query whose every row is a violation in words."""

_CONFIG = "SELECT value FROM attribute WHERE key = 'config' AND value::jsonb ? 'monitor' LIMIT 1"


def audit(connection: Any, study: str, damaged: Collection[int] = ()) -> list[Violation]:
    """A violation for each promise that the store of a finished study does not keep.

    Args:
        connection: to the store's database; made for this, since it is left with tables of its own.
        study: the study's name.
        damaged: the first attempts' numbers of trainings whose checkpoint was damaged on purpose: these may
            have trained an epoch twice.
    """
    arguments: dict[str, Any] = {"study": study, "damaged": list(damaged)}
    with connection.cursor() as cursor:
        cursor.execute(_STUDY, arguments)
        cursor.execute(_CONFIG)
        config = cursor.fetchone()
        if config is None:
            return [Violation("budget", f"no trial of {study} has ever reported")]
        arguments["metrics"] = list(TrainConfig.model_validate_json(config[0]).metrics)
        violations = []
        for promise, query in _PROMISES.items():
            cursor.execute(query, arguments)
            violations += [Violation(promise, row[0]) for row in cursor.fetchall()]
    return violations

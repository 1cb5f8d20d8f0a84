"""Each kind of error ends the program with its own code."""

import pytest

from tuner.errors import Conflict, StudyFailed, TunerError, Unreachable, UsageError


@pytest.mark.parametrize(
    ("error", "code"), [(TunerError, 1), (UsageError, 2), (StudyFailed, 3), (Unreachable, 4), (Conflict, 5)]
)
def test_exit_codes(error: type[TunerError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, TunerError)
    assert str(error("what to do")) == "what to do"

"""A user's own code, imported and checked: what cannot train is named before anything does."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.problems import ConfigProblems
from tests.tuner.configs import toy_config
from tests.tuner.own import import_from
from tuner.errors import UsageError
from tuner.run.custom.loading import trainable_of
from tuner.run.custom.trainable import CustomTrainable
from tuner.study.trial import TrialSpec

CLASS = "class Mine:\n    metrics = ('loss',)\n    "
GENERATORS = """
from functools import partial, wraps

def unchanged(function):
    @wraps(function)
    def wrapped(*arguments):
        return function(*arguments)
    return wrapped

class Decorated:
    metrics = ("score",)
    @unchanged
    def train(self, config, run):
        yield {"score": 0.5}

class Callable:
    metrics = ("score",)
    def __call__(self, config, run):
        yield from Decorated().train(config, run)

def returned(config, run):
    return Decorated().train(config, run)

returned.metrics = ("score",)

def with_more(more, config, run):
    yield from Decorated().train(config, run)

called = Callable()
partly = partial(with_more, 1)
partly.metrics = ("score",)
"""


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_library", "importing mine raised ModuleNotFoundError: No module named 'no_such"),
        ("def f(:", "importing mine raised SyntaxError"),
        ("raise SystemExit(3)", "importing mine raised SystemExit: 3; it is looked for in .* and among what"),
        ("", "mine.py has no Mine"),
        ("Mine = 5", "cannot be called; write a function, or a class with train"),
        ("class Mine:\n    pass", "cannot be called; write a function, or a class"),
        (
            "class Mine:\n    def __init__(self): 1 / 0",
            r"Mine\(\) raised ZeroDivisionError: division",
        ),
        ("def Mine(config, run): yield", r"has no metrics; write metrics = \(\"recall_at_1\", \"loss\"\)"),
        ("class Mine:\n    metrics = ('loss')\n    def train(s, c, r): yield", 'its metrics are "loss"'),
        ("class Mine:\n    metrics = ()\n    def train(s, c, r): yield", "its metrics are a list; write"),
        (
            "class Mine:\n    metrics = ('Loss',)\n    def train(s, c, r): yield",
            '"Loss" cannot be the name',
        ),
        (
            "class Mine:\n    metrics = ('epoch',)\n    def train(s, c, r): yield",
            '"epoch" .* the store',
        ),
        (
            "class Mine:\n    metrics = ('loss',)\n    check = 1\n    def train(s, c, r): yield",
            "its check cannot be called",
        ),
        (f"{CLASS}def __init__(self): raise GeneratorExit", r"Mine\(\) raised GeneratorExit"),
        ("raise GeneratorExit", "importing mine raised GeneratorExit"),
        (
            f"{CLASS}def train(self, config): yield",
            r"train\(config, run\) cannot be called: too many positional arguments; write def train\(",
        ),
        (
            "def Mine(config, run, more): yield\nMine.metrics = ('loss',)",
            r"train\(config, run\) cannot be called: missing a required argument: 'more'",
        ),
        (
            f"{CLASS}def check(self): pass\n    def train(self, config, run): yield",
            r"check\(config\) cannot be called: too many positional arguments; write def check\(config\)",
        ),
        (
            f"{CLASS}def train(self, config, run): print(config)",
            "train does not yield; it has to yield metrics after each epoch",
        ),
        ("async def Mine(config, run): pass\nMine.metrics = ('loss',)", "train does not yield"),
    ],
)
def test_what_cannot_train_is_named_in_one_line(
    source: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(source)
    import_from(tmp_path, monkeypatch)
    with pytest.raises(UsageError, match=rf'^study "toy": trainable: "mine:Mine".*{message}') as raised:
        trainable_of(toy_config(trainable="mine:Mine"), allow_code=True)
    assert len(str(raised.value).splitlines()) == 1


def test_any_generator_can_train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(GENERATORS)
    import_from(tmp_path, monkeypatch)
    one_epoch = TrialSpec(0, {}, {}, 1, "score", "maximize", 1, str(tmp_path))
    for name in ("Decorated", "called", "partly", "returned"):
        (last,) = CustomTrainable.named(f"mine:{name}").train(one_epoch)
        assert last.result == {"score": 0.5}


@pytest.mark.parametrize("raised", ["SystemExit(3)", "GeneratorExit"])
def test_a_check_that_would_end_the_program_is_named(
    raised: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = f"{CLASS}def check(self, config): raise {raised}\n    def train(self, config, run): yield"
    (tmp_path / "mine.py").write_text(checked)
    import_from(tmp_path, monkeypatch)
    with pytest.raises(ConfigProblems, match=f"^check raised {raised.partition('(')[0]}"):
        CustomTrainable.named("mine:Mine").check({"x": 1}, toy_config())


def test_workers_are_sent_the_whole_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "mine"
    package.mkdir()
    (package / "inner.py").write_text("from tests.tuner.own import Own\n")
    import_from(tmp_path, monkeypatch)
    assert CustomTrainable.named("mine.inner:Own").packages[3:] == (package,)
    (tmp_path / "mine_alone.py").write_text("from tests.tuner.own import Own\n")
    assert CustomTrainable.named("mine_alone:Own").packages[3:] == (tmp_path / "mine_alone.py",)

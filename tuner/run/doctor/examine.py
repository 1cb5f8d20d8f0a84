"""Looks for whatever would keep a launch from running, here and on its cluster, and goes on where it can."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tuner.checks import CheckResult
from tuner.config.sections import Resources
from tuner.config.study_config import StudyConfig
from tuner.errors import TunerError
from tuner.run.launch import Trainable, check_config
from tuner.run.node import prepare_all
from tuner.run.on_ray.environment import set_ray_environment
from tuner.settings import Settings, host_and_port
from tuner.store.reading.checks import store_checks

Result = TypeVar("Result")


@dataclass(frozen=True)
class Patient:
    """What is examined: the words of a `launch`, any of which may be wrong.

    Attributes:
        file: the study's file, or None to examine the surroundings only.
        overrides: changes to it.
        storage: the store's URL, or None for the environment's.
        cluster: the cluster's address, or None for the environment's.
        insecure: whether a cluster may be joined without a token.
    """

    file: Path | None = None
    overrides: Collection[str] = ()
    storage: str | None = None
    cluster: str | None = None
    insecure: bool = False


def examine(patient: Patient, load: Callable[[StudyConfig | None], Trainable]) -> Iterator[CheckResult]:
    """What every check found, one after another; nothing is made or changed that stays.

    Args:
        patient: what is examined.
        load: imports what trains a study; without one, what trains if a study does not name it.
    """
    # One setting that is wrong must not hide what is wrong with the others.
    store = yield from _attempt("storage", partial(_settings, ("RAY_",), patient.storage))
    if store is not None:
        yield from store_checks(store.storage)
    config, trainable = yield from _study(patient, load)
    settings = yield from _attempt("cluster", partial(_cluster_settings, patient))
    if settings is not None:
        settings = yield from _attempt("token", partial(_ready_for_ray, settings))
    yield from _nodes(settings, config, trainable)


def _nodes(
    settings: Settings | None, config: StudyConfig | None, trainable: Trainable | ImportError
) -> Iterator[CheckResult]:
    """Of this node, and of the cluster if there is one; of this one only if that cannot be asked."""
    # They import Ray, which reads its environment then.
    from tuner.run.doctor.local import device_check, lent_folder, local_checks  # noqa: PLC0415

    resources = config.resources if config else Resources()
    prepare = _prepare(config, trainable)
    folder = _settings(("RAY_", "TUNER_STORAGE")).runs_folder
    with lent_folder(folder) as refusal:
        if refusal:
            yield CheckResult.wrong("checkpoints", refusal)
        runs_folder = None if refusal else folder
        yield from local_checks(prepare, runs_folder)
        if settings is None:
            return
        if settings.ray_address is None:
            yield device_check(resources)
        elif isinstance(trainable, ImportError):
            yield CheckResult.wrong(
                "cluster", "it is not asked, since this node lacks the code; install it first"
            )
        else:
            from tuner.run.doctor.cluster import cluster_checks  # noqa: PLC0415

            yield from cluster_checks(
                settings.ray_address, trainable.packages, resources, prepare, runs_folder
            )


def _study(
    patient: Patient, load: Callable[[StudyConfig | None], Trainable]
) -> Generator[CheckResult, None, tuple[StudyConfig | None, Trainable | ImportError]]:
    """The study, if there is one that is valid, and what trains it."""
    config = None
    if patient.file is not None:
        config = yield from _attempt("file", partial(StudyConfig.load, patient.file, patient.overrides))
    trainable = yield from _attempt("file", partial(_loaded, config, load))
    if trainable is None:  # it is a user's own, and cannot be had
        return None, _loaded(None, load)
    if config is None or isinstance(trainable, ImportError):
        return config, trainable
    if (yield from _attempt("file", partial(_checked, config, trainable))):
        yield CheckResult.fine("file", f"{patient.file}: study {config.study!r} is valid")
        return config, trainable
    return None, trainable


def _loaded(
    config: StudyConfig | None, load: Callable[[StudyConfig | None], Trainable]
) -> Trainable | ImportError:
    try:
        return load(config)
    except ImportError as error:
        return error


def _attempt(check: str, call: Callable[[], Result]) -> Generator[CheckResult, None, Result | None]:
    """What the call gives; None if it fails, which is then found."""
    try:
        return call()
    except TunerError as error:
        for line in str(error).splitlines():
            yield CheckResult.wrong(check, line)
        return None


def _settings(
    hidden: tuple[str, ...], storage: str | None = None, cluster: str | None = None, *, insecure: bool = False
) -> Settings:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return Settings.read(storage, cluster, insecure=insecure, environ=environ)


def _cluster_settings(patient: Patient) -> Settings:
    settings = _settings(("TUNER_STORAGE",), None, patient.cluster, insecure=patient.insecure)
    if settings.ray_address:
        host_and_port(settings.ray_address)
    return settings


def _ready_for_ray(settings: Settings) -> Settings:
    set_ray_environment(settings.ray_address, insecure=settings.insecure)
    return settings


def _checked(config: StudyConfig, trainable: Trainable) -> bool:
    check_config(config, trainable)
    return True


def _prepare(config: StudyConfig | None, trainable: Trainable | ImportError) -> Callable[[], Any]:
    """What a node is to call: it fails there if the code or what trials read is not there."""
    if isinstance(trainable, ImportError):
        return partial(_lacking, str(trainable))
    if config is None:
        return partial(callable, trainable.train)  # to unpickle it is to import it
    return partial(prepare_all, trainable.prepare, config)


def _lacking(what: str) -> None:
    raise ImportError(what)

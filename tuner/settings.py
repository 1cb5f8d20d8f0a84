"""Settings from the environment and the command line, read once."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from tuner.config.name import as_argument
from tuner.errors import UsageError
from tuner.hidden_passwords import MOVED, holds_password

DEFAULT_STORAGE = "sqlite:///tuner.db"
_ADDRESS = re.compile(r"(?P<host>[^][\s/:@]+|\[[^][\s/]+\]):(?P<port>[0-9]{1,5})")
_LAST_PORT = 65_535


@dataclass(frozen=True)
class Settings:
    """Where a study is kept, where its trials run and where they write.

    Attributes:
        storage: the study store's URL; it may carry a password, so it is never printed nor passed on.
        runs_folder: the folder for checkpoints, with a folder for each study; absolute, because workers have
            a working folder of their own.
        ray_address: the Ray cluster to join, or None to start Ray on this machine; checked only by
            `host_and_port`, because commands that only read need no cluster.
        insecure: whether a cluster may be joined without a token.
        repeated: the options that name the same store in another command.
        joined: the options with which another command trains in the same place.
        unnamed: whether a password keeps the store from being named in another command.
    """

    storage: str = field(repr=False)
    runs_folder: Path
    ray_address: str | None
    insecure: bool = False
    repeated: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    unnamed: bool = False

    @classmethod
    def read(
        cls,
        storage: str | None = None,
        cluster: str | None = None,
        *,
        insecure: bool = False,
        serial: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> Settings:
        """Read the settings of this process; the command line wins over the environment.

        `TUNER_STORAGE` is the store's URL; its password may stand in `TUNER_STORAGE_PASSWORD`, or in the
        file that `TUNER_STORAGE_PASSWORD_FILE` names.

        Raises:
            UsageError: a secret's file cannot be read.
        """
        url = storage or environ.get("TUNER_STORAGE") or DEFAULT_STORAGE
        password = secret("TUNER_STORAGE_PASSWORD", environ)
        unnamed = holds_password(storage) if storage else bool(environ.get(MOVED))
        where = {f"--cluster {cluster}": cluster, "--insecure": insecure, "--serial": serial}
        return cls(
            storage=url if password is None else _with_password(url, password),
            runs_folder=Path(environ.get("TUNER_RUNS") or "runs").expanduser().absolute(),
            ray_address=cluster or environ.get("RAY_ADDRESS") or None,
            insecure=insecure,
            repeated=("--storage", storage) if storage and not unnamed else (),
            joined=tuple(word for option, given in where.items() if given for word in option.split(" ", 1)),
            unnamed=unnamed,
        )

    def refuse_cluster(self, *, serial: bool) -> None:
        """Return unless trials run in this process, and a cluster was named to run them.

        Raises:
            UsageError: it was.
        """
        others = [word for word in self.joined if word != "--serial"]
        if serial and others:
            raise UsageError(f"--serial trains in this process, not on a cluster; leave out {others[0]}")

    def resume(self, study: str, *, allow_code: bool, more: int | None = None) -> str:
        """The shell command that resumes a study with the same store and cluster, for so many trials more."""
        extended = [] if more is None else ["--more", str(more)]
        return self.again("resume", study, *["--allow-code"] * allow_code, *extended)

    def again(self, verb: str, study: str, *options: str, trial: int | None = None) -> str:
        """The shell command of another verb on a study, or a trial of it, with the same store and cluster.

        Where a password keeps the store from being named, a comment says which variable has to name it.
        """
        joined = self.joined if verb in ("resume", "confirm") else ()  # other verbs need no cluster
        numbers = [] if trial is None else [str(trial)]
        return self.command(verb, *joined, *options, *as_argument(study), *numbers)

    def command(self, verb: str, *words: str) -> str:
        """The shell command of a verb with these words on the same store."""
        command = shlex.join(["python", "-m", "tuner", verb, *self.repeated, *words])
        return f"{command}  # with the store's URL in TUNER_STORAGE" if self.unnamed else command


def secret(name: str, environ: Mapping[str, str] = os.environ) -> str | None:
    """A secret from the environment, or from the file that `<name>_FILE` names; None if neither is set.

    Raises:
        UsageError: the file cannot be read, or holds nothing.
    """
    file = environ.get(f"{name}_FILE")
    if not file:
        return environ.get(name) or None
    try:
        content = Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise UsageError(f"{name}_FILE: {file} cannot be read: {reason}") from error
    if not content:
        raise UsageError(f"{name}_FILE: {file} is empty; write the secret into it, on one line")
    return content


def host_and_port(address: str) -> tuple[str, int]:
    """Split the address of a cluster's head, HOST:PORT; an IPv6 address is in brackets.

    Raises:
        UsageError: it is not such an address.
    """
    if address.startswith("ray://"):
        raise UsageError(
            f"the cluster's address {address!r}: Ray's client (ray://) cannot run a study; "
            "give the head's own address, such as 10.0.0.1:6379"
        )
    match = _ADDRESS.fullmatch(address)
    if match is None or not 1 <= int(match["port"]) <= _LAST_PORT:
        raise UsageError(
            f"the cluster's address {address!r} is not HOST:PORT with a port from 1 to {_LAST_PORT}; "
            "write it like 10.0.0.1:6379, in --cluster or RAY_ADDRESS"
        )
    return match["host"].strip("[]"), int(match["port"])


def _with_password(url: str, password: str) -> str:
    """The URL with this password, unless it already has one or names no server."""
    try:
        parts = urlsplit(url)
    except ValueError:  # opening the store says what is wrong with it
        return url
    if parts.password is not None or not parts.scheme.startswith("postgres"):
        return url
    if parts.username is None:
        raise UsageError(
            "TUNER_STORAGE names no user for its password; write postgresql://USER@HOST/DATABASE"
        )
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}{at}{host}").geturl()

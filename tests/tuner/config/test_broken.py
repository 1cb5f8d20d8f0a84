"""Study files that a user could have written by mistake: each is refused in exactly the words it begins with.

A file in `broken/` begins with the lines it is refused with, as comments: `# expected: line:column: message`.
"""

from pathlib import Path

import pytest

from formats.yaml.file import LARGEST_BYTES
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.run import trainable
from tuner.run.launch import check_config

FILES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
EXPECTED = "# expected: "


def refusal(file: Path) -> list[str]:
    """What `python -m tuner validate` says of a file, a line a mistake, without the file's name."""
    with pytest.raises(UsageError) as caught:
        check_config(StudyConfig.load(file), trainable)
    lines = str(caught.value).splitlines()
    return [line.removeprefix(f"{file}:").replace(f" {file}:", " ") for line in lines]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_broken_file_is_refused_in_these_words(file: Path) -> None:
    lines = file.read_text(errors="replace").splitlines()
    expected = [line.removeprefix(EXPECTED) for line in lines if line.startswith(EXPECTED)]
    assert refusal(file) == expected


def test_there_are_many() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1:1: the file is empty; it needs a mapping of keys to values"),
        ("study: broken\n".encode("utf-16"), "1:1: not a text file in UTF-8"),
        (
            b"\xef\xbb\xbfstudy: [\n",
            "2:1: not valid YAML: the file ends within a value",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0", "1:1: not a text file in UTF-8"),
        (b"x" * 10_000_000, f" larger than {LARGEST_BYTES} bytes; a configuration is a few kilobytes"),
        (b"a: " + b"[" * 100_000, "1:54: nested more than 50 levels deep"),
        (b"a: " + b"{a: " * 100_000, "1:204: nested more than 50 levels deep"),
    ],
    ids=["empty", "utf16", "bom", "png", "ten_megabytes", "deep_lists", "deep_mappings"],
)
def test_what_is_hardly_a_text_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    assert refusal(file) == [expected]

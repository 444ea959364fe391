"""``./terem test``: a few failures of a whole run are asked once more, alone, and named."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local import testing

STEADY = "def test_steady():\n    pass\n"
BROKEN = "import pytest\n@pytest.mark.parametrize('number', range({}))\ndef test_broken(number):\n    assert number is None\n"
UNSTEADY = """
from pathlib import Path

def test_unsteady():
    seen = Path(__file__).with_name("seen")
    before = seen.exists()
    seen.touch()
    assert before
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of its own, with one test that passes."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:django\n")
    (tmp_path / "test_steady.py").write_text(STEADY)
    return tmp_path


def test_what_fails_once_passes_alone_and_is_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_unsteady.py").write_text(UNSTEADY)
    assert testing.run_in(folder, []) == 0
    said = capfd.readouterr().out
    assert "1 failed, 1 passed" in said
    assert "UNSTEADY test_unsteady.py::test_unsteady" in said
    assert "UNSTEADY test_steady" not in said


def test_what_is_broken_stays_red(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_unsteady.py").write_text(UNSTEADY)
    (folder / "test_broken.py").write_text(BROKEN.format(1))
    assert testing.run_in(folder, ["-q"]) == 1
    said = capfd.readouterr().out
    assert "UNSTEADY test_unsteady.py::test_unsteady" in said
    assert "UNSTEADY test_broken" not in said


def test_many_failures_are_no_accident(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_broken.py").write_text(BROKEN.format(6))
    assert testing.run_in(folder, []) == 1
    said = capfd.readouterr().out
    assert "6 failed" in said
    assert "Once more" not in said


def test_a_chosen_part_is_run_once(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "test_unsteady.py").write_text(UNSTEADY)
    assert testing.run_in(folder, ["test_unsteady.py"]) == 1
    said = capfd.readouterr().out
    assert "1 failed" in said
    assert "Once more" not in said

"""PyPI's other package of the name autograd, in every order of installing and removing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
from autograd.collision import MIXED

OURS = Path(autograd.__file__).parent
OTHERS = {"__init__.py": "from .differential_operators import grad\n", "differential_operators.py": "grad = None\n"}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with both of our packages."""
    for package in (OURS, Path(nn.__file__).parent):
        shutil.copytree(package, tmp_path / "site" / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "site"


def add_the_other(package: Path, names: tuple[str, ...] = tuple(OTHERS)) -> None:
    package.mkdir(parents=True, exist_ok=True)
    for name in names:
        (package / name).write_text(OTHERS[name])


def python(code: str, *path: Path, cwd: Path) -> tuple[int, str]:
    """The status, and the last line that is said about an error or a warning."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=cwd, check=False)
    lines = [line for line in done.stderr.splitlines() if "Error: " in line or "Warning: " in line]
    return done.returncode, lines[-1] if lines else done.stderr


def test_alone(installed: Path) -> None:
    assert python("import nn, autograd; autograd.Value", installed, cwd=installed) == (0, "")


def test_ours_was_installed_last(installed: Path) -> None:
    add_the_other(installed / "autograd", ("differential_operators.py",))
    for code in ("import autograd; autograd.Value", "import nn"):
        status, said = python(code, installed, cwd=installed)
        assert (status, said.split("RuntimeWarning: ")[1]) == (0, MIXED)


def test_theirs_was_installed_last(installed: Path) -> None:
    add_the_other(installed / "autograd")
    assert python("import nn", installed, cwd=installed) == (1, f"ImportError: {MIXED}")


def test_theirs_was_removed_and_took_a_file_of_ours_along(installed: Path) -> None:
    (installed / "autograd" / "__init__.py").unlink()
    assert python("import nn", installed, cwd=installed) == (1, f"ImportError: {MIXED}")


def test_theirs_is_found_before_an_editable_install(installed: Path, tmp_path: Path) -> None:
    add_the_other(tmp_path / "theirs" / "autograd")
    assert python("import nn", tmp_path / "theirs", installed, cwd=installed) == (1, f"ImportError: {MIXED}")


def test_a_file_of_the_user_has_the_name(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "autograd.py").write_text("")
    status, said = python("import nn", tmp_path, installed, cwd=installed)
    assert (status, said) == (
        1,
        f"ImportError: {tmp_path / 'autograd.py'} is imported in place of Chainrule's package autograd: "
        f"give it another name",
    )


@pytest.mark.parametrize("last", [("differential_operators.py",), tuple(OTHERS)])
def test_the_command_says_it(installed: Path, last: tuple[str, ...]) -> None:
    add_the_other(installed / "autograd", last)
    status, said = python("import autograd.cli; raise SystemExit(autograd.cli.main(['2+3']))", installed, cwd=installed)
    assert (status, MIXED in said) == (2, True)

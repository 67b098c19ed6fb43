"""Files are whole or not there, wherever an interrupt arrives."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from autograd import files
from autograd.files import write_whole

OLD, NEW = b"old", b"new" * 1000


@contextmanager
def interrupted_at(line: int) -> Iterator[list[int]]:
    """Raise KeyboardInterrupt at the line of this count, of those that files.py executes; yields the lines."""
    lines: list[int] = []

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line":
            lines.append(frame.f_lineno)
            if len(lines) == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(before)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file that its last reference closes
@pytest.mark.parametrize("old", [OLD, None])
def test_an_interrupt_at_any_line(tmp_path: Path, old: bytes | None) -> None:
    seen = set()
    for line in range(1, 100):
        path = tmp_path / str(line) / "file.json"
        path.parent.mkdir()
        if old is not None:
            path.write_bytes(old)
        with interrupted_at(line) as lines:
            try:
                write_whole(path, NEW)
            except KeyboardInterrupt:
                pass
            else:
                break
        seen.add(path.read_bytes() if path.exists() else None)
        assert [left for left in path.parent.iterdir() if left != path] == []
    assert len(lines) == line - 1, "it came to its end only when there was no line left to be interrupted at"
    assert line > 8
    assert seen == {old, NEW}


def test_an_interrupt_of_a_write_that_fails(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "file.json"
    for line in range(1, 100):
        with interrupted_at(line), pytest.raises((KeyboardInterrupt, FileNotFoundError)) as raised:
            write_whole(missing, NEW)
        if raised.type is FileNotFoundError:
            break
    assert raised.match(f"^cannot write {missing}: there is no folder {missing.parent}$")
    assert line > 8
    assert list(tmp_path.iterdir()) == []


def test_the_interrupt_of_a_rename_is_no_other_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.replace

    def interrupted(*paths: Path) -> None:
        rename(*paths)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file.json", NEW)
    assert (tmp_path / "file.json").read_bytes() == NEW


def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*paths: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    (tmp_path / "file.json").write_bytes(OLD)
    with pytest.raises(OSError, match=r"^cannot write .*file\.json: No space left on device$"):
        write_whole(tmp_path / "file.json", NEW)
    assert [(left.name, left.read_bytes()) for left in tmp_path.iterdir()] == [("file.json", OLD)]


@pytest.mark.skipif(os.name != "posix", reason="what POSIX says")
def test_the_umask_decides_who_may_read(tmp_path: Path) -> None:
    for umask in (0o022, 0o077, 0o027):
        before = os.umask(umask)
        try:
            path = write_whole(tmp_path / f"{umask}.json", NEW)
        finally:
            os.umask(before)
        assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_the_umask_is_never_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the whole process: another thread's file would come with the rights of this one."""

    def touched(mask: int) -> int:
        raise AssertionError("the umask was set")

    monkeypatch.setattr(os, "umask", touched)
    write_whole(tmp_path / "file.json", NEW)


def test_threads_that_write_one_file_leave_one_of_theirs(tmp_path: Path) -> None:
    contents = [bytes([65 + i]) * 100_000 for i in range(8)]
    path = tmp_path / "file.json"
    threads = [threading.Thread(target=write_whole, args=(path, content)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="what POSIX says")
def test_a_long_name_and_a_folder_in_its_place(tmp_path: Path) -> None:
    path = write_whole(tmp_path / f"{'ä' * 120}.svg", NEW)
    assert path.read_bytes() == NEW
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(OSError, match=r"cannot write .*folder\.svg: Is a directory"):
        write_whole(tmp_path / "folder.svg", NEW)
    assert sorted(left.name for left in tmp_path.iterdir()) == ["folder.svg", path.name]

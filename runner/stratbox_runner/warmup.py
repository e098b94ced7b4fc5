"""Loads, before the seal, whatever an honest strategy may make Python load later, and closes the import system."""

import importlib
import sys
import warnings

_ = warnings


def run(everything: bool) -> None:
    """Import the curated modules and use pandas once in every way that loads something on first use."""
    for name in _HONEST + (_NATIVE if everything else ()):
        importlib.import_module(name)


def close_imports() -> None:
    """Make a missing module an ImportError that asks the kernel nothing."""
    sys.path.clear()
    sys.path_hooks.clear()
    sys.meta_path.clear()
    sys.path_importer_cache.clear()


_HONEST = ("statistics",)
_NATIVE = ("ctypes",)

"""What does a strategy find in `__builtins__`? The same list the gate enforces, so that a mistake in the gate is a
NameError or an ImportError and not a way out."""

import builtins
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Final

from stratbox_runner.gate.modules import MODULES, submodule
from stratbox_runner.gate.names import PLAIN_BUILTINS
from stratbox_runner.gate.vocabulary import ATTRIBUTES

_MISSING: Final = object()


def restricted_builtins() -> dict[str, object]:
    """Return a fresh `__builtins__` dict for the globals a strategy runs in."""
    allowed: dict[str, object] = {name: getattr(builtins, name) for name in PLAIN_BUILTINS}
    allowed.update(
        __import__=_import,
        getattr=_getattr,
        hasattr=_hasattr,
        type=_type_of,
        locals=builtins.locals,
        globals=builtins.globals,
    )
    return allowed


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType | None:
    """Serve `import` from the listed modules that the runner has already loaded; nothing is searched for."""
    if isinstance(fromlist, list) and not fromlist and name in sys.modules:
        # C code imports this way, whoever called it (datetime.strptime needs _strptime), and takes the module from
        # sys.modules afterwards. An import statement never passes a list.
        return None
    if level or name not in MODULES or name not in sys.modules:
        raise ImportError(f"{name} is not available to strategies")
    for member in fromlist or ():
        if member not in MODULES[name] and submodule(name, member) is None:
            raise ImportError(f"{member} of {name} is not available to strategies")
    return sys.modules[name] if fromlist else sys.modules[name.partition(".")[0]]


def _getattr(owner: object, name: str, default: object = _MISSING) -> object:
    """Like getattr, for listed attributes."""
    if not _is_listed(owner, name):
        raise AttributeError(f".{name} is not available to strategies")
    return getattr(owner, name) if default is _MISSING else getattr(owner, name, default)


def _hasattr(owner: object, name: str) -> bool:
    """Like hasattr; an attribute that is not listed does not exist for a strategy."""
    return _is_listed(owner, name) and hasattr(owner, name)


def _type_of(value: object) -> type:
    """Like type with one argument; with three, or as the type of a class, it would make classes."""
    found = type(value)
    if issubclass(found, type):
        raise TypeError("the type of a class is not available to strategies")
    return found


def _is_listed(owner: object, name: str) -> bool:
    if isinstance(owner, ModuleType):
        return name in MODULES.get(owner.__name__, frozenset())
    return name in ATTRIBUTES

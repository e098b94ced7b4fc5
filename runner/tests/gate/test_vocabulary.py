"""Do the lists lead anywhere they must not? Walks everything a strategy can reach by allowed words in the pinned libraries.

The walk begins at the members of every allowed module and at one object of every kind a strategy can hold, and follows
allowed attributes only, for as long as it meets kinds of objects it has not seen. Each test then asks one question about
all that was reached. A new version of pandas or numpy that answers differently fails here, by name.
"""

import ast
import importlib
import inspect
import io
import re
import sys
import types
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import stratbox_runner.gate.generator.__main__ as generator
import stratbox_runner.gate.generator.reference as page
from stratbox_runner import frame, simulator
from stratbox_runner.data import Data
from stratbox_runner.gate import MODULES, RULES, names, restricted_builtins
from stratbox_runner.gate.calls import CALLED_ONLY, MEMBERS_CALLED_ONLY, PRINTING
from stratbox_runner.gate.generator.universe import exemplars
from stratbox_runner.gate.modules import submodule
from stratbox_runner.gate.vocabulary import ATTRIBUTES, NUMPY_VERSION, PANDAS_VERSION, REDUCERS

Reached = dict[str, Any]

# Parameters that say where to read or write.
FILE_PARAMETERS = frozenset(
    "path filepath fname file filename buf path_or_buf filepath_or_buffer con excel_writer expr fid fp stream"
    " storage_options mmap_mode dirname directory url".split()
)

# Words in a function's own code that open files, run code, start processes, load modules or reach raw memory.
DANGEROUS_WORDS = frozenset(
    "open exec eval __import__ get_handle import_module import_optional_dependency system popen Popen socket urlopen"
    " pickle ctypes subprocess os load savetxt fromfile tofile read_csv dumps loads marshal importlib builtins".split()
)

# Functions with such a word that were read and found harmless.
READ_AND_HARMLESS = {
    "collections.namedtuple": "evaluates a lambda over field names it has checked to be identifiers",
    "typing.NamedTuple": "the same, through collections.namedtuple",
    "numpy.binary_repr": "takes min and max from builtins",
    "Series.to_string": "opens a file named by buf, which the gate refuses",
    "json.dumps": "is one of the words itself: writes to a string",
    "json.loads": "is one of the words itself: reads a string",
}

# Modules whose functions have no business in a strategy.
DANGEROUS_MODULES = frozenset(
    "os posix io _io subprocess socket shutil tempfile pathlib ctypes importlib pickle _pickle marshal code codeop"
    " inspect gc threading _thread runpy pty signal mmap fcntl".split()
)


@pytest.fixture(scope="module")
def reached() -> Reached:
    for name in MODULES:
        importlib.import_module(name)
    frame.install()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dict(_walk())


def _starts() -> Iterator[tuple[str, Any]]:
    yield from exemplars().items()
    yield "Data", Data.__new__(Data)
    yield "Frame", frame.Frame(exemplars()["DataFrame"])
    yield "Report", simulator.Report.__new__(simulator.Report)
    yield "sim", simulator.Simulator(0, 0).sim
    yield from restricted_builtins().items()
    for module, members in MODULES.items():
        for member in members:
            if module != "__future__":
                yield f"{module}.{member}", getattr(sys.modules[module], member)


def _walk() -> Iterator[tuple[str, Any]]:
    pending: deque[tuple[str, Any]] = deque(_starts())
    seen: set[object] = set()
    while pending:
        path, found = pending.popleft()
        kind = _kind(found)
        if kind in seen:
            continue
        seen.add(kind)
        yield path, found
        for name in ATTRIBUTES:
            try:
                pending.append((f"{path}.{name}", getattr(found, name)))
            except Exception:  # an attribute this object does not have, or not in this state
                continue


def _kind(found: object) -> object:
    """Return what makes an object worth looking at: a function or class itself, of other objects only the type."""
    if isinstance(found, type | types.FunctionType | types.BuiltinFunctionType | types.ModuleType):
        return id(found)
    if isinstance(found, types.MethodType):
        return id(found.__func__), type(found.__self__)
    return type(found)


def _codes(found: object) -> Iterator[types.CodeType]:
    """Return the code of a function or of a class's constructor, with the functions inside it."""
    functions: list[Any] = (
        [vars(found).get("__init__"), vars(found).get("__new__")] if isinstance(found, type) else [found]
    )
    for function in functions:
        code = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__code__", None)
        pending = [code] if isinstance(code, types.CodeType) else []
        while pending:
            inner = pending.pop()
            yield inner
            pending.extend(constant for constant in inner.co_consts if isinstance(constant, types.CodeType))


def test_the_walk_is_wide(reached: Reached) -> None:
    assert len(reached) > 3_000


def test_no_word_reaches_a_module(reached: Reached) -> None:
    assert [path for path, found in reached.items() if isinstance(found, types.ModuleType)] == []


def test_no_word_is_private_but_the_name_of_a_function_or_type(reached: Reached) -> None:
    assert [name for name in ATTRIBUTES if name.startswith("_")] == ["__name__"]
    for path, found in reached.items():
        name = getattr(found, "__name__", "")
        assert isinstance(name, str), path
    for module, members in MODULES.items():
        assert not [name for name in members if name.startswith("_")], module


def test_no_word_reaches_frames_code_or_interpreter_objects(reached: Reached) -> None:
    forbidden = (types.FrameType, types.CodeType, types.TracebackType, types.CellType, io.IOBase, memoryview)
    assert [path for path, found in reached.items() if isinstance(found, forbidden)] == []
    classes = [found for found in reached.values() if isinstance(found, type)]
    assert not [
        found for found in classes if issubclass(found, (*forbidden, type, types.FunctionType, types.ModuleType))
    ]


def test_no_function_takes_a_place_to_read_or_write_unless_the_gate_refuses_it(reached: Reached) -> None:
    found = {path: _parameters(function) & FILE_PARAMETERS for path, function in reached.items() if callable(function)}
    guarded = {path for path in found if path.rpartition(".")[2] in PRINTING}
    # print writes to an object that has a write method, which no object of a strategy has.
    assert {path: sorted(hit) for path, hit in found.items() if hit and path not in guarded} == {"print": ["file"]}


def test_no_object_of_a_strategy_can_be_written_to_like_a_file(reached: Reached) -> None:
    assert [path for path, found in reached.items() if hasattr(found, "write") and not isinstance(found, type)] == []


def test_no_function_opens_files_runs_code_or_loads_modules_in_its_own_code(reached: Reached) -> None:
    hits: dict[str, list[str]] = {}
    for path, found in reached.items():
        words = {word for code in _codes(found) for word in code.co_names} & DANGEROUS_WORDS
        if words and path.removeprefix("pandas.") not in READ_AND_HARMLESS:
            hits[path] = sorted(words)
    assert hits == {}


def test_no_function_comes_from_a_dangerous_module(reached: Reached) -> None:
    for path, found in reached.items():
        module = str(getattr(found, "__module__", "") or "")
        assert module.partition(".")[0] not in DANGEROUS_MODULES, path
        assert not re.match(r"pandas\.io\.(?!formats)|numpy\.(testing|f2py|ctypeslib|lib\._npyio)", module), path


def test_calling_any_method_without_arguments_or_with_a_path_touches_no_file_process_or_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Call everything, under an audit hook; what raises is fine, what reaches the system is not."""
    monkeypatch.chdir(tmp_path)
    events: list[tuple[str, str]] = []
    current = ""

    def hook(event: str, _arguments: tuple[Any, ...]) -> None:
        if current and event.startswith(("open", "os.", "subprocess", "socket", "exec", "compile", "ctypes", "pickle")):
            events.append((current, event))

    sys.addaudithook(hook)
    called = 0
    objects = exemplars()
    importlib.import_module("pandas.core.methods.to_dict")  # which to_dict would import on first use
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        for label in exemplars():
            for name in sorted(ATTRIBUTES - CALLED_ONLY):
                for arguments in ((), ("written_by_mistake",)):
                    current = f"{label}.{name}"
                    try:
                        getattr(objects[label], name)(*arguments)
                        called += 1
                    except Exception:  # no such attribute, not a method, or wrong arguments
                        continue
                    finally:
                        current = ""
    assert called > 1_000
    # A row tuple is a collections.namedtuple, which evaluates a lambda over checked names.
    assert {where for where, event in events if event not in ("compile", "exec")} == set()
    assert {where for where, _ in events} == {"DataFrame.itertuples"}
    assert list(tmp_path.iterdir()) == []


def _parameters(function: Any) -> set[str]:
    try:
        return set(inspect.signature(function).parameters)
    except (ValueError, TypeError):
        # numpy's C functions show their signature in the first line of their documentation only.
        first = (getattr(function, "__doc__", "") or "").strip().split("\n")[0]
        shown = re.fullmatch(r"[\w.]+\((.*)\).*", first)
        return set(re.findall(r"\w+", shown[1])) if shown else set()


def test_every_listed_member_and_submodule_exists() -> None:
    for module, members in MODULES.items():
        loaded = importlib.import_module(module)
        assert not [name for name in members if not hasattr(loaded, name)], module
        assert not [name for name in members if isinstance(getattr(loaded, name), types.ModuleType)], module
        parent, _, last = module.rpartition(".")
        if parent:
            assert submodule(parent, last) == module


def test_functions_that_take_a_form_are_listed_at_all() -> None:
    assert CALLED_ONLY <= ATTRIBUTES
    for member in MEMBERS_CALLED_ONLY:
        module, _, name = member.rpartition(".")
        assert name in MODULES[module]


def test_our_own_tables_data_and_reports_are_usable() -> None:
    public = {name for name in vars(frame.Frame) if not name.startswith("_")} - ATTRIBUTES
    assert public == set(), "methods of Frame that strategies cannot call: add them to the generator's own words"
    report = {name for name in vars(simulator.Report) if not name.startswith("_")} | {"position"}
    assert report - ATTRIBUTES == set()
    assert {"get", "indicator"} <= ATTRIBUTES


def test_every_builtin_on_the_list_exists_and_is_served() -> None:
    served = restricted_builtins()
    assert served.keys() >= names.PLAIN_BUILTINS | names.CALL_ONLY_BUILTINS
    assert served.keys() - names.PLAIN_BUILTINS - names.CALL_ONLY_BUILTINS == {"__import__"}


def test_the_lists_are_generated_from_the_installed_versions() -> None:
    assert version("numpy") == NUMPY_VERSION
    assert version("pandas") == PANDAS_VERSION
    assert generator.TARGET.read_text(encoding="utf-8") == generator.render(), "run: make generate-gate"


def test_the_page_about_the_gate_says_what_the_gate_does() -> None:
    text = page.render()
    assert page.TARGET.read_text(encoding="utf-8") == text, "run: make generate-gate"
    for rule, sentence in RULES.items():
        assert f"| `{rule}` | {sentence} |" in text
    for module in MODULES:
        assert f"| `{module}` | " in text


def _lookups() -> list[str]:
    """Find every place where pandas looks up an attribute by a name that is not written there."""
    root = Path(sys.modules["pandas"].__path__[0]) / "core"
    sites = []
    for file in sorted(root.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for owner in ast.walk(tree):
            if not isinstance(owner, ast.FunctionDef):
                continue
            for call in ast.walk(owner):
                match call:
                    case ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_]) if not isinstance(
                        name, ast.Constant
                    ):
                        sites.append(f"{file.relative_to(root)} {owner.name} {ast.unparse(name)}")
    return sorted(set(sites))


def test_every_lookup_by_a_variable_name_in_pandas_has_been_reviewed() -> None:
    """`lookups.txt` lists them with a verdict each; a new version of pandas that has others fails here."""
    lines = (Path(__file__).parent / "lookups.txt").read_text(encoding="utf-8").splitlines()
    reviewed = dict(line.rsplit(" : ", 1) for line in lines if line and not line.startswith("#"))
    assert sorted(reviewed) == _lookups()
    assert set(reviewed.values()) <= {"gate", "fixed", "checked", "refused", "absent"}


def test_the_reducers_are_attributes_or_numpy_functions_and_none_of_them_is_special() -> None:
    assert not REDUCERS - ATTRIBUTES - MODULES["numpy"]
    # The string argument of pct_change is judged wherever it is handed on.
    assert sorted(REDUCERS & CALLED_ONLY) == ["pct_change"]

"""What holds for any input: an answer, code that compiles, and no way to name what is denied."""

import ast
import contextlib
import keyword
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stratbox_runner import gate
from stratbox_runner.gate.names import KNOWN
from stratbox_runner.gate.vocabulary import ATTRIBUTES, REDUCERS

settings.register_profile(
    "gate", deadline=None, database=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gate")

HERE = Path(__file__).parent
PIECES = sorted(
    {
        piece.strip()
        for folder in ("honest", "attacks")
        for path in (HERE / folder).glob("*.py")
        for piece in path.read_text(encoding="utf-8").split("\n")
        if piece.strip()
    }
)
WORDS = sorted(
    {*KNOWN, *sorted(ATTRIBUTES)[:80], *keyword.kwlist, *keyword.softkwlist}
    | {
        "__class__",
        "_x",
        "os",
        "agg",
        "format",
        "query",
        "'mean'",
        "'to_csv'",
        "1",
        "0.5",
        "f'{x}'",
        "\n",
        "\n    ",
        "\n\t",
    }
    | set("()[]{}.,:;=+-*/%@<>|&~^!#\\\"'")
    | {":=", "->", "**", "//", "...", "=="}
)

identifiers = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,20}", fullmatch=True).filter(
    lambda word: not keyword.iskeyword(word)
)


def answer(source: bytes) -> ast.Module | None:
    """Return the accepted tree or None; anything but Rejected is a failure of the gate."""
    try:
        return gate.check(source)
    except gate.Rejected as rejected:
        assert rejected.rule in gate.RULES
        assert rejected.line >= 1 and rejected.column >= 1
        assert len(rejected.message) <= 300 and len(rejected.source_line) <= 200
        assert rejected.message.isprintable() and rejected.source_line.isprintable()
        return None


@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf\xef\xbb\xbfposition = 1")
def test_any_bytes_get_an_answer(source: bytes) -> None:
    answer(source)


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(source: str) -> None:
    answer(source.encode("utf-8", "surrogatepass"))


@given(st.lists(st.sampled_from(WORDS), max_size=60))
def test_any_row_of_words_gets_an_answer_and_what_is_accepted_compiles(words: list[str]) -> None:
    tree = answer(" ".join(words).encode())
    if tree is not None:
        compile(tree, gate.FILE_NAME, "exec", dont_inherit=True)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_any_mixture_of_lines_from_the_corpora_compiles_if_it_is_accepted(pieces: list[str]) -> None:
    tree = answer(("\n".join(pieces) + "\nposition = 1\n").encode())
    if tree is not None:
        compile(tree, gate.FILE_NAME, "exec", dont_inherit=True)
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Attribute) and node.attr.startswith("_") and node.attr != "__name__")
            assert not (isinstance(node, ast.Name) and node.id.startswith("__") and node.id != "__name__")


@given(
    identifiers.filter(lambda word: word not in ATTRIBUTES),
    st.sampled_from(["data", "(1).real", "[x][0]", "f(1)", "'a'"]),
)
def test_no_denied_attribute_is_accepted_wherever_it_is_read(name: str, owner: str) -> None:
    prelude = "x = 1\ndef f(a): return a\n"
    for source in (
        f"position = {owner}.{name}",
        f"position = [{owner}.{name} for y in [1]]",
        f"position = f'{{{owner}.{name}}}'.strip()" if "'" not in owner else f"position = {owner}.{name}",
        f"position = lambda a={owner}.{name}: a",
        f"def g(a: {owner}.{name} = 1): pass\nposition = 1",
        f"{owner}.{name}[0] = 1\nposition = 1",
        f"with {owner}.{name} as y: position = 1",
        f"position = getattr({owner}, '{name}', None)",
    ):
        with pytest.raises(gate.Rejected):
            gate.check((prelude + source).encode())


@given(identifiers.filter(lambda word: word not in KNOWN))
def test_no_name_is_accepted_that_nothing_defines(name: str) -> None:
    with pytest.raises(gate.Rejected):
        gate.check(f"position = {name}".encode())


@given(identifiers)
def test_no_string_is_accepted_as_a_reducer_unless_it_is_listed(word: str) -> None:
    accepted = answer(f"position = data.get('x').agg('{word}')".encode()) is not None
    assert accepted == (word in REDUCERS)


@given(st.text(alphabet="{}[].:!r0a1 <>", max_size=20))
def test_no_accepted_format_string_reaches_into_its_arguments(template: str) -> None:
    class Watch:
        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"reached {name}")

        def __getitem__(self, key: object) -> object:
            raise AssertionError(f"reached {key!r}")

    if answer(f"position = {template!r}.format(1)".encode()) is None:
        return
    with contextlib.suppress(ValueError, IndexError, KeyError, TypeError):
        template.format(Watch(), Watch(), a=Watch(), r=Watch())

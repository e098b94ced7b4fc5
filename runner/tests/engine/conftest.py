"""Gives tests a runner with files of its own."""

import compileall
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.runs import REPOSITORY, Engine, Run


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, compiled as in the image: starting takes half the time."""
    folder = tmp_path_factory.mktemp("harness")
    shutil.copytree(REPOSITORY / "runner" / "stratbox_runner", folder / "stratbox_runner")
    assert compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def engine(tmp_path: Path, harness: Path) -> Engine:
    return Engine(tmp_path, harness)


@pytest.fixture
def execute(engine: Engine) -> Callable[..., Run]:
    return engine.run

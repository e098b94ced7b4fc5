"""Runs expressions.py after the warm-up under an audit hook and prints, as JSON, which lines reached for what.

It is a program of its own because the warm-up closes the import system for good.
"""

import io
import json
import runpy
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from stratbox_runner import gate, quiet, warmup

# What the operating system would have been asked. "import" is raised for modules that are not loaded, which is harmless
# once the import system is closed, but tells what an honest line would have lacked.
_WATCHED = ("open", "import", "os.", "socket.", "subprocess.", "shutil.", "glob.", "ctypes.dlopen", "tempfile.")


def main(restricted: bool) -> None:
    expressions = runpy.run_path(str(Path(__file__).with_name("expressions.py")))
    warmup.run(everything=False)
    quiet.install()
    warmup.close_imports()
    events: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_WATCHED):
            events.append(f"{event} {arguments[0]!s:.80}" if arguments else event)

    names: dict[str, Any] = {}
    exec(compile(expressions["SETUP"], gate.FILE_NAME, "exec"), names)
    if restricted:
        names["__builtins__"] = gate.restricted_builtins()
    real, sys.stdout, sys.stderr = sys.stdout, io.StringIO(), io.StringIO()
    sys.addaudithook(hook)
    report: list[dict[str, Any]] = []
    for line in expressions["EXPRESSIONS"].strip().splitlines():
        error = ""
        scope = names | {"close": names["close"].copy()}
        events.clear()
        try:
            with warnings.catch_warnings():
                exec(compile(line, gate.FILE_NAME, "single"), scope)
        except Exception as caught:
            quiet.show(caught, gate.FILE_NAME)
            error = traceback.format_exception_only(caught)[-1].strip()
        report.append({"line": line, "error": error, "events": list(events)})
    json.dump(report, real)


if __name__ == "__main__":
    main(restricted=sys.argv[1:] == ["restricted"])

"""What a command hands back, and the one JSON document that `--json` prints of it."""

import json
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 1
WAITS_FOR_CONFIRMATION = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the faces tell it: what happened, what was not done, what to do next."""

    code: str
    happened: str
    not_done: str = ""
    remedy: str = ""

    def as_data(self) -> dict[str, str]:
        """For the document's `errors`."""
        return {"code": self.code, "happened": self.happened, "not_done": self.not_done, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Result:
    """A command's answer. `text` goes to stdout for people, `data` for machines; `problems` and `warnings` to stderr.

    `bare`: `--json` prints `data` alone, as the parse contract asks.
    """

    data: Any = None
    text: str = ""
    exit_code: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    bare: bool = False

    @property
    def success(self) -> bool:
        """Whether what was asked was done; a draft that waits for its confirmation is."""
        return not self.problems


def document(result: Result) -> str:
    """The whole JSON document, on one line and in ASCII, so that nothing in it can act on a terminal."""
    if result.bare:
        return json.dumps(result.data)
    return json.dumps(
        {
            "schema_version": SCHEMA_VERSION,
            "success": result.success,
            "data": result.data,
            "errors": [problem.as_data() for problem in result.problems],
            "warnings": list(dict.fromkeys(result.warnings)),
        }
    )

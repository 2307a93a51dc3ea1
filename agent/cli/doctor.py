"""`sayso doctor`: whether everything that is needed is there and sound."""

from typing import TYPE_CHECKING, Any

from agent.cli.common import RpcUrl, settings_with
from agent.cli.envelope import Problem, Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.health import Check

EXAMPLES = ("sayso doctor", "sayso doctor --json")
SETUP_NEEDED = 4
MARKS = {"ok": "ok", "warn": "WARN", "fail": "FAIL"}


async def command(rpc_url: RpcUrl = "", json: Json = False, plain: Plain = False) -> Result:
    """Checks Python, Node, the language model, home and keys, the database, the RPC node, its chain with what
    stands on it, and the clock.

    Exits 0 where nothing fails (a warning is none), else 4. It changes nothing and unlocks nothing.
    """
    from agent.health import examine

    checks = await examine(settings_with(rpc_url))
    failed = [check for check in checks if check.status == "fail"]
    problems = tuple(Problem("setup_needed", f"{c.name}: {c.detail}", "", c.remedy) for c in failed)
    text = "\n".join(_line(check) for check in checks)
    return Result({"checks": [_data(c) for c in checks]}, text, SETUP_NEEDED if failed else 0, problems)


def _data(check: "Check") -> dict[str, Any]:
    return {"name": check.name, "status": check.status, "detail": check.detail, "remedy": check.remedy or None}


def _line(check: "Check") -> str:
    line = f"{MARKS[check.status]:<5} {check.name:<12} {check.detail}"
    return f"{line}\n      {check.remedy}" if check.remedy else line

"""Commands that have their place and are not built yet: they say so, and are no typing error."""

from agent.cli.envelope import Problem, Result

FAILURE = 1


def not_built(name: str, what: str, remedy: str) -> Result:
    """The answer of a command that is not built yet; exit code 1."""
    problem = Problem("not_built", f"'sayso {name}' is not built yet: {what}.", "Nothing was started.", remedy)
    return Result(problems=(problem,), exit_code=FAILURE)

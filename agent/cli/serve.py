"""`sayso serve`: will serve the assistant to a browser on this machine. Not built yet."""

from agent.cli.envelope import Result
from agent.cli.options import Json, Plain
from agent.cli.unbuilt import not_built

EXAMPLES = ("sayso serve",)


def command(json: Json = False, plain: Plain = False) -> Result:
    """Not built yet: it will serve the assistant over HTTP and to a browser. Exits 1."""
    return not_built("serve", "there is no HTTP server and no web page", "Use the terminal: sayso chat.")

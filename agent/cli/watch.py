"""`sayso watch`: will keep to orders that wait for a time or a price. Not built yet."""

from agent.cli.envelope import Result
from agent.cli.options import Json, Plain
from agent.cli.unbuilt import not_built

EXAMPLES = ("sayso watch",)


def command(json: Json = False, plain: Plain = False) -> Result:
    """Not built yet: it will carry out orders that wait for a time or a price. Exits 1."""
    return not_built("watch", "orders that wait for a time or a price are not taken", "Ask when it is time: sayso ask.")

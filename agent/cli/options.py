"""The options that commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Plain = Annotated[bool, typer.Option("--plain", help="No colour, no drawing: words and numbers alone.")]
AccountName = Annotated[str, typer.Option("--account", help="Which of your accounts, before SAYSO_ACCOUNT.")]

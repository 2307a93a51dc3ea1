"""`sayso config`: the settings, where each comes from, and every connection that leaves this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.settings import Settings

# Read by nlp/model/encoder.py alone, and never to understand a sentence.
ENCODER = {
    "to": "the Hugging Face hub",
    "what": "its published files are downloaded from the Hugging Face hub",
    "for": "only when training or exporting the language model while its encoder's package is not installed",
}
# Shown whether they are set or not.
ALWAYS = ("rpc_url", "account", "password_file")
EXAMPLES = (
    "sayso config show",
    "sayso config set rpc_url http://127.0.0.1:8545",
    "sayso config unset rpc_url",
    "sayso config connections",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting: docs/configuration.md lists them.")]
Value = Annotated[str, typer.Argument(metavar="VALUE", help="What it shall be.")]


def show(json: Json = False, plain: Plain = False) -> Result:
    """Shows all settings and where each comes from, and the chains that are known. Of a URL only the host is shown."""
    from agent.setting_names import NAMES
    from agent.settings import shown
    from contracts.registry import load_registry

    settings = settings_with()
    rows = [{"name": n, "value": shown(settings, n) or None, "source": settings.source(n)} for n in NAMES]
    chains = [{"slug": c.slug, "name": c.name, "chain_id": c.chain_id, "test": c.test} for c in load_registry().chains]
    chosen = [row for row in rows if row["value"] or row["name"] in ALWAYS]
    width = max(len(str(row["name"])) for row in chosen)
    lines = [f"{'home':<{width}}  {settings.home.path}"]
    lines += [f"{row['name']:<{width}}  {row['value'] or '-'}  ({row['source']})" for row in chosen]
    lines.append(f"{'chains':<{width}}  " + ", ".join(f"{chain['slug']} {chain['chain_id']}" for chain in chains))
    lines.append(f"{'not set':<{width}}  " + ", ".join(str(row["name"]) for row in rows if row not in chosen))
    return Result({"home": str(settings.home.path), "settings": rows, "chains": chains}, "\n".join(lines))


def set_(name: Name, value: Value, json: Json = False, plain: Plain = False) -> Result:
    """Stores a setting in the file. Flags and environment variables still come before it."""
    from agent.settings import set_config

    settings = settings_with()
    set_config(settings.home.ensure(), name, value)
    _journal(settings, name)
    return _now(name)


def unset(name: Name, json: Json = False, plain: Plain = False) -> Result:
    """Takes a setting out of the file."""
    from agent.settings import unset_config

    settings = settings_with()
    if unset_config(settings.home.ensure(), name):
        _journal(settings, name)
    return _now(name)


def connections(json: Json = False, plain: Plain = False) -> Result:
    """Lists every connection that sayso makes from this machine; there is no account and no telemetry."""
    from agent.services import other_nodes, outside_connections
    from agent.settings import shown_url

    settings = settings_with()
    uses = "balances, prices (from feeds and pools on chain), names, simulation, and sending what you confirmed"
    node = {"what": "RPC node", "for": uses, "source": settings.source("rpc_url")}
    rows = [{"to": shown_url(url), **node} for url in settings.rpc_urls]
    rows += [*other_nodes(settings), *outside_connections(settings)]
    lines = [f"{row['to']}  {row['what']} ({row['source']}): {row['for']}" for row in rows]
    none = "Nothing leaves this machine: no RPC node and no service is configured."
    asked = any(row["what"] == "price service" for row in rows)
    prices = "" if asked else " Prices are read from the chain, by the same node;"
    model = "small language model" if settings.text("larger_model_url") else "language model"
    ends = f"That is all.{prices} {'The' if asked else 'the'} {model} runs here."
    said = [*lines, ends] if rows else [none]
    data = {"connections": rows, "only_to_make_the_model": [ENCODER]}
    return Result(data, "\n".join([*said, f"One exception, {ENCODER['for']}: {ENCODER['what']}."]))


def _now(name: str) -> Result:
    from agent.settings import shown

    settings = settings_with()
    value, source = shown(settings, name), settings.source(name)
    data = {"setting": {"name": name, "value": value or None, "source": source}}
    return Result(data, f"{name} is now {value or 'not set'} ({source}).")


def _journal(settings: "Settings", name: str) -> None:
    """The name alone: a URL may hold a key."""
    from agent.session import open_desk

    with open_desk(settings) as desk:
        desk.journal.append("config.changed", {"name": name})


COMMANDS = {"show": show, "set": set_, "unset": unset, "connections": connections}

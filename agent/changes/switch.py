"""Another account or another chain from now on, kept in the settings. What a flag or the environment says still comes first."""

from agent.answers.looking import text
from agent.answers.types import Answer, Part
from agent.session import Connect, Desk
from agent.setting_names import CHAINS, chain_setting
from agent.settings import Settings, read_config, set_configs, shown_url, urls_in
from chain.client import connect as connect_to
from chain.errors import Refused, SayDifferently, SaysoError, SetupNeeded
from contracts.registry import ChainEntry, UnknownEntry
from nlp.types import Action

NOT_CHANGED = "Nothing was changed."
HOW = {"flag": "the command line", "environment": "the environment"}


async def switch_account(desk: Desk, _: Connect, action: Action) -> Answer:
    """Let another own account pay where none is named. Raises SayDifferently where there is none of that name, Refused."""
    named = text(action, "account")
    try:
        info = desk.accounts.find(named)
    except SetupNeeded as error:
        raise SayDifferently(error.happened, not_done=NOT_CHANGED, remedy=error.remedy) from None
    _check_decides(desk.settings, "account", f"SAYSO_ACCOUNT={info.name}")
    set_configs(desk.home, {"account": info.name})
    desk.journal.append("config.changed", {"name": "account"})
    parts = (f"{info.name} ({info.address}) pays from now on where you name no account.",)
    return Answer("switch_account", {"account": {"name": info.name, "address": info.address}}, parts)


async def switch_chain(desk: Desk, connect: Connect, action: Action) -> Answer:
    """Use another chain's node, checked first. Raises SayDifferently for an unknown chain, SetupNeeded, Refused, NoRpc."""
    entry = _entry(desk, text(action, "chain"))
    _check_decides(desk.settings, "rpc_url", f"SAYSO_RPC_URL for {entry.slug}")
    setting = chain_setting(entry.slug)
    value = desk.settings.text(setting)
    current = await _current(connect)
    if current is not None and current.slug == entry.slug:
        return Answer("switch_chain", {"chain": entry.slug, "changed": False}, (f"{entry.name} is connected already.",))
    if not value:
        raise SetupNeeded(
            f"No node is configured for {entry.name}.",
            not_done=NOT_CHANGED,
            remedy=f"Name one: sayso config set {setting} URL.",
        )
    await _check_node(desk, entry, value)
    kept = _kept(desk, current)
    set_configs(desk.home, {"rpc_url": value} | kept)
    desk.journal.append("config.changed", {"name": "rpc_url", "chain": entry.slug})
    hosts = [shown_url(url) for url in urls_in(value)]
    data = {"chain": entry.slug, "changed": True, "nodes": hosts, "test": entry.test}
    return Answer("switch_chain", data, _switched(entry, hosts, kept))


def _entry(desk: Desk, slug: str) -> ChainEntry:
    try:
        return desk.registry.chain_by_slug(slug)
    except UnknownEntry as unknown:
        near = f"Did you mean {unknown.nearest[0]}?" if unknown.nearest else f"Known are: {', '.join(CHAINS)}."
        raise SayDifferently(f"There is no chain {slug[:60]!a} here.", not_done=NOT_CHANGED, remedy=near) from None


def _check_decides(settings: Settings, name: str, instead: str) -> None:
    """Raises Refused where the file's value would not be looked at."""
    source = settings.source(name)
    if source in HOW:
        raise Refused(
            f"{HOW[source].capitalize()} says which {'account' if name == 'account' else 'node'} is used, and comes first.",
            not_done=NOT_CHANGED,
            remedy=f"Leave it out there, or say it there: {instead}.",
        )


async def _current(connect: Connect) -> ChainEntry | None:
    """The chain that is connected, None where none answers."""
    try:
        return (await connect()).client.entry
    except SaysoError:
        return None


async def _check_node(desk: Desk, entry: ChainEntry, value: str) -> None:
    """Ask the nodes which chain they serve. Raises SetupNeeded where it is another one, NoRpc where none answers."""
    client = await connect_to(urls_in(value), desk.registry)
    found = client.entry
    await client.close()
    if found.chain_id != entry.chain_id:
        raise SetupNeeded(
            f"The node that is configured for {entry.name} serves {found.name}.",
            not_done=NOT_CHANGED,
            remedy=f"Name another one: sayso config set {chain_setting(entry.slug)} URL.",
        )


def _kept(desk: Desk, current: ChainEntry | None) -> dict[str, str]:
    """Where the URL that was used until now is kept, so that one can switch back."""
    config = read_config(desk.home)
    before = config.get("rpc_url", "")
    if not before:
        return {}
    name = "rpc_url_before" if current is None else chain_setting(current.slug)
    return {} if config.get(name) else {name: before}


def _switched(entry: ChainEntry, hosts: list[str], kept: dict[str, str]) -> tuple[Part, ...]:
    marks = ", a TEST CHAIN," if entry.test else ""
    head = f"{entry.name}{marks} is used from now on, by the node at {', '.join(hosts)}."
    return (head, *(f"The node that was used until now is kept as {name}." for name in kept))

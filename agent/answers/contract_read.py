"""What a view function of a contract returns. Nothing is called that may change anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode

from agent.abis import Known, functions_at
from agent.answers.called import protocol_contracts
from agent.answers.looking import NOTHING_ASKED, asset_of, check_chain, known_names, native, party_of, text
from agent.answers.types import Answer, Grid, Part
from agent.render.escape import escaped, quoted
from agent.session import Session
from chain.abi import BadAnswer, decode_answer, selector
from chain.contract_abi.arguments import BadArgument, value_of
from chain.contract_abi.functions import Function, Parameter
from chain.contract_abi.proxies import has_code
from chain.errors import SayDifferently, SaysoError
from chain.revert import revert_reason
from chain.rpc import RpcError
from chain.units import format_units
from chain.values import Address
from nlp.types import Action

LONGEST_VALUE = 1000
MOST_NAMED = 8
IN_UNITS = frozenset({"balanceOf", "totalSupply", "allowance"})


@dataclass(frozen=True, slots=True)
class Called:
    """A contract, what is known of its functions, and the one that is meant."""

    name: str
    address: Address
    known: Known
    function: Function


async def answer(session: Session, action: Action) -> Answer:
    """Call a view function and tell what it returned, by name and type.

    Raises SayDifferently where contract, function or an argument cannot be used, SaysoError where the call reverts.
    """
    check_chain(session, action)
    wanted, given = text(action, "function"), _arguments(action)
    called = await _called(session, text(action, "contract"), wanted, len(given))
    values = await _values(session, called.function, given)
    kinds = [p.type for p in called.function.inputs]
    data = selector(called.function.signature) + encode(kinds, values)
    results = _decoded(called, await _call(session, called, data))
    return Answer("contract_read", _data(called, values, results), _parts(session, called, values, results))


def _arguments(action: Action) -> tuple[str, ...]:
    given = action.slots.get("args", ())
    return given if isinstance(given, tuple) else (str(given),)


async def _called(session: Session, named: str, function: str, count: int) -> Called:
    """Which contract and function are meant. Raises SayDifferently where none is, or several are."""
    places = await _places(session, named)
    for _, address in places:
        if not await has_code(session.client, address):
            raise _say(f"There is no contract at {address}.", "An account has no functions: check the address.")
    known = [(name, address, await functions_at(session, address)) for name, address in places]
    having = [one for one in known if any(f.name == function for f in one[2].functions)]
    if not having:
        raise _no_function(function, known)
    if len(having) > 1:
        names = ", ".join(f"{name} ({address})" for name, address, _ in having)
        raise _say(f"Several contracts of {named} have {escaped(function)}.", f"Give the address of one: {names}.")
    name, address, found = having[0]
    return Called(name, address, found, _overload(found, function, count))


async def _places(session: Session, named: str) -> list[tuple[str, Address]]:
    """The contracts that a name may stand for: a token, a protocol's contracts, or somebody's address."""
    if not named.startswith("0x"):
        of_protocol = [(e.name, Address(e.address)) for e in protocol_contracts(session, named)]
        if of_protocol:
            return of_protocol
        if named.upper() == native(session).symbol.upper():
            raise _say(
                f"{named.upper()} is the chain's own coin, and no contract.", "Name its wrapped form, or an address."
            )
        if any(t.symbol.upper() == named.upper() for t in session.registry.tokens_on(session.client.chain_id)):
            asset = await asset_of(session, named)
            return [(asset.symbol, asset.address)] if asset.address else []
    party = await party_of(session, named)
    entry = session.registry.token_at(session.client.chain_id, party.address)
    return [(entry.symbol if entry else known_names(session).get(party.address, ""), party.address)]


def _overload(known: Known, name: str, count: int) -> Function:
    """The one form of a function that is a read and takes so many arguments. Raises SayDifferently."""
    forms = [f for f in known.functions if f.name == name]
    reads = [f for f in forms if f.reads]
    if not reads:
        raise _say(
            f"{forms[0].signature} is a transaction, not a read: it may change something.",
            "Only view functions are called.",
        )
    fitting = [f for f in reads if len(f.inputs) == count]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise _say(f"{name} has several forms with {count} arguments.", "It cannot be told which one is meant.")
    wanted = " or ".join(f.signature for f in reads[:MOST_NAMED])
    raise _say(f"{count} arguments were given, and it is {wanted}.", f"Say them in brackets: {reads[0].signature}.")


async def _values(session: Session, function: Function, given: Sequence[str]) -> list[Any]:
    return [await _value(session, function, at, said) for at, said in enumerate(given)]


async def _value(session: Session, function: Function, at: int, said: str) -> Any:
    """An argument's value; who is called by a name is looked up as in any other sentence."""
    kind = function.inputs[at].type
    if kind == "address" and not said.startswith("0x"):
        return (await party_of(session, said)).address
    try:
        return value_of(kind, said)
    except BadArgument as error:
        name = f" ({function.inputs[at].name})" if function.inputs[at].name else ""
        raise _say(
            f"Argument {at + 1}{name} of {function.signature} cannot be {escaped(said)!a}.",
            f"{error} ({kind}).".capitalize(),
        ) from None


async def _call(session: Session, called: Called, data: bytes) -> bytes:
    try:
        return await session.client.call(called.address, data)
    except RpcError as error:
        if not error.is_revert:
            raise
        reason = revert_reason(_revert_data(error))
        told = f": {quoted(reason, 'the contract')}" if reason else ", and gives no reason"
        raise SaysoError(
            f"{called.function.signature} reverts{told}.",
            not_done="There is no result.",
            remedy="Check the arguments.",
        ) from None


def _revert_data(error: RpcError) -> bytes:
    try:
        return bytes.fromhex(str(error.data).removeprefix("0x"))
    except ValueError:
        return b""


def _decoded(called: Called, returned: bytes) -> tuple[Any, ...]:
    try:
        return decode_answer([p.type for p in called.function.outputs], returned)
    except BadAnswer:
        raise SaysoError(
            f"What {called.function.shown} returned is not what its ABI says.",
            not_done="It is not shown.",
            remedy=f"The ABI is by {called.known.source}: check that it is this contract's.",
        ) from None


def _data(called: Called, values: Sequence[Any], results: Sequence[Any]) -> dict[str, Any]:
    return {
        "contract": {"name": called.name or None, "address": called.address},
        "function": called.function.signature,
        "args": _listed(called.function.inputs, values),
        "results": _listed(called.function.outputs, results),
        "abi": {"source": called.known.source, "implementation": called.known.implementation},
    }


def _listed(parameters: Sequence[Parameter], values: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {"name": p.name or None, "type": p.type, "value": _plain(value)}
        for p, value in zip(parameters, values, strict=True)
    ]


def _plain(value: Any) -> Any:
    """Numbers as text, exact; bytes as hex; lists as lists."""
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else str(value)


def _parts(session: Session, called: Called, values: Sequence[Any], results: Sequence[Any]) -> tuple[Part, ...]:
    given = ", ".join(_shown(session, called, value, hint=False) for value in values)
    where = f"{called.name} ({called.address})" if called.name else called.address
    head = f"{called.function.name}({given}) of {where} on {session.client.entry.name}:"
    rows = tuple(
        (p.name or str(at), p.type, _shown(session, called, value, hint=True))
        for at, (p, value) in enumerate(zip(called.function.outputs, results, strict=True))
    )
    body: Part = Grid(("result", "type", "value"), rows) if rows else "It returns nothing."
    behind = f", of the implementation {called.known.implementation} behind it" if called.known.implementation else ""
    return head, body, f"The function is known by {called.known.source}{behind}.", *called.known.notes


def _shown(session: Session, called: Called, value: Any, *, hint: bool) -> str:
    """A value for people: addresses with who they are, amounts of a listed token in units beside the raw number."""
    if isinstance(value, str) and value.startswith("0x") and len(value) == 42:
        return _named(session, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value}{_units(session, called, value) if hint else ''}"
    if isinstance(value, list | tuple):
        return escaped(str(_plain(value)), LONGEST_VALUE)
    return (
        f'"{escaped(value, LONGEST_VALUE)}"' if isinstance(value, str) else escaped(str(_plain(value)), LONGEST_VALUE)
    )


def _named(session: Session, value: str) -> str:
    from chain.abi import checksum

    address = checksum(value)
    known = known_names(session).get(address)
    entry = session.registry.contract_at(session.client.chain_id, address)
    token = session.registry.token_at(session.client.chain_id, address)
    name = known or (entry.name if entry else "") or (token.symbol if token else "")
    return f"{address} ({name})" if name else address


def _units(session: Session, called: Called, value: int) -> str:
    token = session.registry.token_at(session.client.chain_id, called.address)
    if token is None or called.function.name not in IN_UNITS:
        return ""
    return f" ({format_units(value, token.decimals)} {token.symbol})"


def _no_function(function: str, known: Sequence[tuple[str, Address, Known]]) -> SayDifferently:
    reads = [f.signature for _, _, one in known for f in one.functions if f.reads]
    listed = ", ".join(dict.fromkeys(reads[:MOST_NAMED]))
    sources = ", ".join(dict.fromkeys(one.source for _, _, one in known))
    return _say(
        f"No function {escaped(function)!a} is known there, by {sources}.",
        f"Known are: {listed}."
        if listed
        else "Configure sourcify_url or etherscan_url, or put the ABI under 'abis' in the home.",
    )


def _say(happened: str, remedy: str) -> SayDifferently:
    return SayDifferently(happened, not_done=NOTHING_ASKED, remedy=remedy)

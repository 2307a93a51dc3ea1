"""The functions of an ABI, read strictly: what comes from outside is bounded, and only what can be called is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import compile as pattern
from typing import Any

from eth_abi.abi import is_encodable_type

MOST_FUNCTIONS = 2000
MOST_PARAMETERS = 40
DEEPEST_TUPLE = 6
NAME = pattern(r"[A-Za-z_$][A-Za-z0-9_$]{0,127}")
READS = frozenset({"view", "pure"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument or result: its ABI type with tuples spelt out, its name or ''."""

    type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a contract. `reads`: it is declared to change nothing."""

    name: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]
    reads: bool

    @property
    def signature(self) -> str:
        """As its selector is made of: 'balanceOf(address)'."""
        return f"{self.name}({','.join(p.type for p in self.inputs)})"

    @property
    def shown(self) -> str:
        """With what it returns: 'balanceOf(address) → uint256'."""
        results = ", ".join(p.type for p in self.outputs)
        return f"{self.signature} → {results}" if results else self.signature


def functions_of(abi: object) -> tuple[Function, ...]:
    """The functions of an ABI's JSON; entries that are of no use to us are left out. Raises ValueError where it is no ABI."""
    if not isinstance(abi, list | tuple) or len(abi) > MOST_FUNCTIONS:
        raise ValueError("not a list of functions within bounds")
    found = []
    for entry in abi:
        if not isinstance(entry, Mapping):
            raise ValueError("an entry that is no object")
        if entry.get("type", "function") == "function":
            found.append(_function(entry))
    return tuple(found)


def view(signature: str, *outputs: str) -> Function:
    """A view function by its signature and the types that it returns."""
    name, _, rest = signature.partition("(")
    inputs = tuple(Parameter(kind) for kind in rest.removesuffix(")").split(",") if kind)
    return Function(name, inputs, tuple(Parameter(kind) for kind in outputs), reads=True)


def _function(entry: Mapping[str, Any]) -> Function:
    name = entry.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError("a function without a name")
    reads = entry.get("stateMutability") in READS or entry.get("constant") is True
    inputs, outputs = (_parameters(entry.get(key, ()), 0) for key in ("inputs", "outputs"))
    return Function(name, inputs, outputs, reads)


def _parameters(listed: object, depth: int) -> tuple[Parameter, ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str) or len(listed) > MOST_PARAMETERS:
        raise ValueError("parameters that are no list within bounds")
    return tuple(_parameter(one, depth) for one in listed)


def _parameter(one: object, depth: int) -> Parameter:
    if not isinstance(one, Mapping) or depth > DEEPEST_TUPLE:
        raise ValueError("a parameter that is no object within bounds")
    kind, name = one.get("type"), one.get("name", "")
    if not isinstance(kind, str) or not isinstance(name, str):
        raise ValueError("a parameter without a type")
    if kind.startswith("tuple"):
        inner = ",".join(p.type for p in _parameters(one.get("components", ()), depth + 1))
        kind = f"({inner}){kind.removeprefix('tuple')}"
    if not is_encodable_type(kind):
        raise ValueError("a type that there is not")
    return Parameter(kind, name if NAME.fullmatch(name) else "")


STANDARD: Iterable[Function] = (
    view("name()", "string"),
    view("symbol()", "string"),
    view("decimals()", "uint8"),
    view("totalSupply()", "uint256"),
    view("balanceOf(address)", "uint256"),
    view("allowance(address,address)", "uint256"),
    view("owner()", "address"),
    view("ownerOf(uint256)", "address"),
    view("tokenURI(uint256)", "string"),
    view("getApproved(uint256)", "address"),
    view("isApprovedForAll(address,address)", "bool"),
    view("supportsInterface(bytes4)", "bool"),
    view("asset()", "address"),
    view("totalAssets()", "uint256"),
    view("token0()", "address"),
    view("token1()", "address"),
    view("getReserves()", "uint112", "uint112", "uint32"),
    view("latestAnswer()", "int256"),
    view("latestRoundData()", "uint80", "int256", "uint256", "uint256", "uint80"),
    view("description()", "string"),
    view("paused()", "bool"),
)
"""View functions that mean the same wherever they stand (ERC-20, 721, 165, 4626, Uniswap V2 pairs, Chainlink feeds)."""

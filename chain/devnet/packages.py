"""What the local chain is made from: the npm packages beside the project, and our own Solidity compiled by the npm compiler."""

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from chain.errors import SaysoError, SetupNeeded

REMEDY = "Run `make install` in Sayso's folder, or let SAYSO_NODE_MODULES name the node_modules folder."
_PACKAGES = (
    "@foundry-rs/anvil",
    "@uniswap/v2-core",
    "@uniswap/swap-router-contracts",
    "@openzeppelin/contracts",
    "solc",
)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled contract: creation bytecode, and the runtime code where it has no immutables."""

    abi: tuple[dict[str, Any], ...]
    bytecode: bytes
    runtime: bytes

    @property
    def constructor(self) -> tuple[str, ...]:
        """The constructor's argument types."""
        for entry in self.abi:
            if entry["type"] == "constructor":
                return tuple(argument["type"] for argument in entry["inputs"])
        return ()


def node_modules() -> Path:
    """The folder of the npm packages. Raises SetupNeeded."""
    named = os.environ.get("SAYSO_NODE_MODULES")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "node_modules"
    missing = next((name for name in _PACKAGES if not (folder / name).is_dir()), None)
    if missing:
        raise SetupNeeded(f"The local chain needs the npm package {missing}, which is not installed.", remedy=REMEDY)
    return folder


def anvil_binary() -> Path:
    """Anvil itself, from its npm package for this machine. Raises SetupNeeded."""
    for path in sorted(node_modules().glob("@foundry-rs/anvil-*/bin/anvil*")):
        if os.access(path, os.X_OK):
            return path
    raise SetupNeeded("The npm packages hold no Anvil for this kind of machine.", remedy=REMEDY)


def cache_folder() -> Path:
    """Where what can be made again is kept: SAYSO_CACHE, else the user's cache folder. Made where absent."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("SAYSO_CACHE") or Path(base) / "sayso")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def own_sources() -> list[Path]:
    """Our Solidity and the script that compiles it."""
    folder = Path(str(resources.files("contracts").joinpath("solidity")))
    return sorted(path for path in folder.iterdir() if path.suffix in {".sol", ".cjs"})


def versions() -> dict[str, str]:
    """Name and version of every npm package that the chain is made from. Raises SetupNeeded."""
    folder = node_modules()
    manifests = sorted([*folder.glob("*/package.json"), *folder.glob("@*/*/package.json")])
    return {str(path.parent.relative_to(folder)): json.loads(path.read_bytes())["version"] for path in manifests}


def fingerprint(*parts: bytes) -> str:
    """A short key over the parts, in order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:24]


def write_whole(path: Path, content: bytes) -> None:
    """Puts the file there whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(path)


class Artifacts:
    """Reads `npm:<path>` and `own:<contract>` artifacts; compiles our own once and keeps the result in the cache."""

    def __init__(self) -> None:
        self._folder = node_modules()
        self._own: dict[str, Any] | None = None

    def load(self, name: str) -> Artifact:
        """The artifact. Raises SetupNeeded where a package or node is missing, SaysoError where it does not compile."""
        origin, _, rest = name.partition(":")
        if origin == "own":
            return _artifact(self._compiled()[rest])
        path = self._folder / rest
        if not path.is_file():
            raise SetupNeeded(f"The npm packages lack {rest}.", remedy=REMEDY)
        return _artifact(json.loads(path.read_bytes()))

    def _compiled(self) -> dict[str, Any]:
        if self._own is None:
            key = fingerprint(json.dumps(versions()).encode(), *(path.read_bytes() for path in own_sources()))
            path = cache_folder() / f"solidity-{key}.json"
            if not path.is_file():
                write_whole(path, _compile(self._folder))
            self._own = json.loads(path.read_bytes())
        return self._own


def _compile(modules: Path) -> bytes:
    node = shutil.which("node")
    if node is None:
        raise SetupNeeded(
            "The local chain needs Node 18 or newer, which was not found.", remedy="Install it, then run this again."
        )
    script = next(path for path in own_sources() if path.suffix == ".cjs")
    done = subprocess.run([node, str(script), str(modules)], capture_output=True, check=False)
    if done.returncode != 0:
        raise SaysoError(
            "The local chain's Solidity did not compile.", not_done=done.stderr.decode(errors="replace")[:2000]
        )
    return done.stdout


def _artifact(raw: dict[str, Any]) -> Artifact:
    """Hardhat, Truffle, Waffle and our own compiler's output agree but for the 0x and the runtime's name."""
    runtime = raw.get("runtime") or raw.get("deployedBytecode") or ""
    return Artifact(
        abi=tuple(raw["abi"]),
        bytecode=bytes.fromhex(raw["bytecode"].removeprefix("0x")),
        runtime=bytes.fromhex(runtime.removeprefix("0x")) if isinstance(runtime, str) else b"",
    )

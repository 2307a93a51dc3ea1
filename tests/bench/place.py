"""Where the chain's figures are taken: a home that is thrown away, a funded demo account, and settings for both."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.session import open_desk
from agent.settings import Settings, load_settings
from chain.devnet import fund

ACCOUNT = "bench"


@dataclass(frozen=True, slots=True)
class Place:
    """A home with one demo account, and the local chain that it pays on."""

    home: Path
    rpc_url: str
    password: str

    @property
    def settings(self) -> Settings:
        """As flags and nothing of the person's environment give them."""
        return load_settings({"rpc_url": self.rpc_url, "account": ACCOUNT}, {"SAYSO_HOME": str(self.home)})

    @property
    def environment(self) -> Mapping[str, str]:
        """For whole processes: the person's, with this home, chain and account."""
        own = {"SAYSO_HOME": str(self.home), "SAYSO_RPC_URL": self.rpc_url, "SAYSO_ACCOUNT": ACCOUNT}
        return {**os.environ, **own}


@contextmanager
def place_on(rpc_url: str) -> Iterator[Place]:
    """A place on a running local chain; removed afterwards. Raises SetupNeeded."""
    with TemporaryDirectory(prefix="sayso-bench-") as folder:
        place = Place(Path(folder) / "home", rpc_url, secrets.token_urlsafe(24))
        with open_desk(place.settings) as desk:
            account = desk.accounts.create(ACCOUNT, place.password, demo=True).info.address
        fund(rpc_url, account)
        yield place

"""Every command, by name: where it stands and what it is for. Read without importing any of them.

A module has either a function `command`, or a mapping `COMMANDS` of subcommand to function; and `EXAMPLES`, whole command lines.
A function returns a `Result` (agent/cli/envelope.py), or a coroutine of one.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType


@dataclass(frozen=True, slots=True)
class Entry:
    """One command: its module's name and its line in the help."""

    name: str
    module: str
    summary: str
    subcommands: tuple[str, ...] = ()

    def load(self) -> ModuleType:
        """The command's module, imported now."""
        return import_module(self.module)


SECTIONS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "Ask and act",
        (
            Entry("ask", "agent.cli.ask", "one request: a question is answered, a transaction is drafted"),
            Entry("chat", "agent.cli.chat", "talk; what is drafted is confirmed here"),
            Entry("confirm", "agent.cli.confirm", "sign and send a draft that you have seen"),
            Entry("reject", "agent.cli.reject", "throw a draft away"),
            Entry("drafts", "agent.cli.drafts", "the newest drafts and what became of them"),
            Entry("tx", "agent.cli.tx", "your transactions, or one of them by its hash"),
            Entry("portfolio", "agent.cli.portfolio", "all balances, with their worth"),
            Entry("watch", "agent.cli.watch", "alerts, standing orders and news of your accounts, as they happen"),
            Entry("serve", "agent.cli.serve", "the assistant over HTTP and in a browser (not built yet)"),
        ),
    ),
    (
        "Yours",
        (
            Entry(
                "account",
                "agent.cli.account",
                "create, import, list, export, seal, forget-chain",
                ("create", "import", "list", "export", "seal", "forget-chain"),
            ),
            Entry("contact", "agent.cli.contact", "add, list, remove", ("add", "list", "remove")),
            Entry("notices", "agent.cli.notices", "what the watch told you, and where it was delivered"),
            Entry("automation", "agent.cli.automation", "alerts and orders: list, cancel", ("list", "cancel")),
            Entry("policy", "agent.cli.policy", "what you allow: show, set", ("show", "set")),
            Entry(
                "config",
                "agent.cli.config",
                "settings: show, set, unset, connections",
                ("show", "set", "unset", "connections"),
            ),
            Entry(
                "feedback",
                "agent.cli.feedback",
                "what you rejected or put right: list, meant, delete, unlearn",
                ("list", "meant", "delete", "unlearn"),
            ),
            Entry("audit", "agent.cli.audit", "verify the journal of everything done", ("verify",)),
            Entry("doctor", "agent.cli.doctor", "check that everything needed is there and sound"),
        ),
    ),
    (
        "Language and local chain",
        (
            Entry("parse", "agent.cli.parse", "what a sentence means; needs no chain, key or network"),
            Entry("evaluate", "agent.cli.evaluate", "score the language model on a file of gold parses"),
            Entry("train", "agent.cli.train", "make the language model's weights anew"),
            Entry("devnet", "agent.cli.devnet", "a local chain with real protocols on it"),
        ),
    ),
)


def entries() -> dict[str, Entry]:
    """All commands by name."""
    return {entry.name: entry for _, section in SECTIONS for entry in section}

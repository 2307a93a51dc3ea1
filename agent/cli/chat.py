"""`sayso chat`: talk to the assistant, and confirm what it drafts."""

from agent.cli.common import RpcUrl, settings_with
from agent.cli.options import AccountName, Plain

EXAMPLES = ("sayso chat", "sayso chat --account savings")


async def command(rpc_url: RpcUrl = "", account: AccountName = "", plain: Plain = False) -> int:
    """Opens the chat. A card is confirmed by yes, y, confirm, go ahead or do it, or by the word that it asks for.

    Ctrl-C stops what is going on, Ctrl-D leaves. Without a terminal it answers and drafts, and never confirms.
    """
    from agent.chat import open_chat

    await open_chat(settings_with(rpc_url, account), plain=plain)
    return 0

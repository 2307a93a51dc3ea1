"""A stored draft as it is shown: its card with the command that confirms it, and the same as JSON."""

import shlex
from dataclasses import dataclass
from typing import Any

from agent.answers.looking import known_names
from agent.render.card import Known, digest_text, make_card
from agent.render.card_text import card_text
from agent.render.draft_document import draft_document
from agent.render.terminal import Look, look_of
from agent.session import Desk
from chain.values import Draft


@dataclass(frozen=True, slots=True)
class Command:
    """What stands around 'sayso confirm ...' so that it can be pasted as it is: quoted already, '' for nothing."""

    before: str = ""
    program: str = "sayso"
    after: str = ""


def shown_card(desk: Desk, draft: Draft, look: Look) -> str:
    """The card as text. Raises BytesDisagree where there may be none."""
    demo = any(info.demo for info in desk.accounts.list() if info.address == draft.account)
    return card_text(make_card(desk.registry, draft, Known(known_names(desk), demo), desk.now()), look)


def draft_text(desk: Desk, draft: Draft, *, plain: bool = False, command: Command | None = None) -> str:
    """The card, and how to confirm it. Raises as `shown_card`."""
    how = confirm_command(draft, command or Command())
    return f"{shown_card(desk, draft, look_of(plain))}\n\nNothing moves until you confirm it:\n\n  {how}"


def draft_data(desk: Desk, draft: Draft) -> dict[str, Any]:
    """All that the card says, as JSON. Raises as `shown_card`."""
    return draft_document(desk.registry, draft)


def confirm_command(draft: Draft, around: Command) -> str:
    """The whole command that confirms a draft."""
    words = shlex.join(["confirm", draft.id, "--digest", digest_text(draft.digest)])
    return " ".join(part for part in (around.before, around.program, words, around.after) if part)

"""A stored draft as a person is shown it: its card, and how to confirm it."""

import shlex

from agent.answers.looking import known_names
from agent.render.card import Known, digest_text, make_card
from agent.render.card_text import card_text
from agent.render.terminal import Look
from agent.session import Desk
from chain.values import Draft


def shown_card(desk: Desk, draft: Draft, look: Look) -> str:
    """The card as text. Raises BytesDisagree where there may be none."""
    demo = any(info.demo for info in desk.accounts.list() if info.address == draft.account)
    return card_text(make_card(desk.registry, draft, Known(known_names(desk), demo), desk.now()), look)


def confirm_command(draft: Draft, before: str = "", after: str = "") -> str:
    """The whole command that confirms a draft. `before` and `after` are what a demo has to add, quoted already."""
    words = ["sayso", "confirm", draft.id, "--digest", digest_text(draft.digest)]
    return " ".join(part for part in (before, shlex.join(words), after) if part)

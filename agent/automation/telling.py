"""What a person is told of their alerts and orders, each under a key: the same thing is told once, whoever tells it."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from agent.automation.rules import Rule
from agent.automation.schedule import local_clock
from agent.automation.words import again_words, condition_words, said, subject_words, value_words
from agent.render.draft import draft_text

if TYPE_CHECKING:
    from agent.automation.firing import Fired
    from agent.automation.orders import Missed
    from agent.session import Desk
    from chain.errors import SaysoError
    from chain.values import Draft


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that is not stored yet."""

    key: str
    kind: str
    title: str
    body: str


def told_fired(fired: "Fired") -> Told | None:
    """Of an alert, once a crossing. None for an order: what comes of it is told when it is drafted, or is not."""
    rule = fired.rule
    if rule.kind == "order":
        return None
    now = f"{subject_words(rule.trigger)} is {value_words(rule.trigger, fired.value)}"
    body = [f"You asked (alert {rule.id}): {said(rule)}."]
    if rule.level is None:
        body.append(f"That is: {condition_words(rule)}.")
    body.append(again_words(rule) if rule.state == "active" else "This alert is done.")
    return Told(f"alert:{rule.id}:{fired.crossing}", "alert", f"{now[:1].upper()}{now[1:]}", "\n".join(body))


def told_drafted(desk: "Desk", rule: Rule, period: str, draft: "Draft") -> Told:
    """An order's draft, with its card and how to confirm it. Raises as `draft_text`."""
    title = f"Standing order {rule.id} is due and waits for your yes"
    body = f"You asked: {said(rule)}.\n\n{draft_text(desk, draft, plain=True)}"
    return Told(f"order:{rule.id}:{period}", "order", title, body)


def told_failed(rule: Rule, period: str, error: "SaysoError") -> Told:
    """Why an order that was due is not drafted; its next period comes as it would have."""
    goes_on = (
        "It is tried again when it is due next." if rule.state == "active" else "It is not tried again: say it anew."
    )
    reason = " ".join(part for part in (error.happened, error.remedy) if part)
    body = f"You asked: {said(rule)}.\n{reason}\nNothing was drafted, and nothing was signed. {goes_on}"
    return Told(f"order:{rule.id}:{period}", "order_failed", f"Standing order {rule.id} could not be drafted", body)


def told_missed(missed: "Missed", zone: tzinfo) -> Told:
    """All periods of one order that passed while nothing watched, in one notice."""
    rule, count = missed.rule, len(missed.periods)
    when = local_clock(missed.first_due, zone)
    if count > 1:
        when = f"{count} times, from {when} to {local_clock(missed.last_due, zone)}"
    goes_on = (
        "Its next time stands." if rule.state == "active" else "It is not made up for: say it anew if you want it."
    )
    body = (
        f"You asked: {said(rule)}.\nIt was due {when}, and no 'sayso watch' could draft it then. "
        f"Nothing was drafted, and what was missed is not repeated. {goes_on}"
    )
    return Told(f"missed:{rule.id}:{missed.periods[-1]}", "order_missed", f"Standing order {rule.id} was missed", body)

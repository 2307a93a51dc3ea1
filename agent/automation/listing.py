"""The alerts and orders that stand, as an answer; and their cancelling, in words and by number."""

from datetime import tzinfo
from typing import Any

from agent.answers.types import Answer, Grid
from agent.automation.periods import unusable
from agent.automation.rules import NOT_CANCELLED, Rule, rules_of
from agent.automation.schedule import local_clock, machine_zone
from agent.automation.watching import watch_runs, watch_words
from agent.automation.words import due_words, said, schedule_words, waits_words
from agent.session import Desk
from chain.errors import SayDifferently
from nlp.types import Action

MOST_WORDS = 5
NONE_YET = "There are no alerts and no standing orders. Make one: 'tell me when eth drops below 2000'."


def listed(desk: Desk, *, ended: bool = False) -> Answer:
    """The alerts and orders, by number; with `ended` also those that are done or cancelled."""
    zone, kept = machine_zone(), rules_of(desk)
    rules, drafted = kept.list(ended=ended), kept.drafted()
    counts = {rule.id: rule.crossings if rule.kind == "alert" else drafted.get(rule.id, 0) for rule in rules}
    rows = [rule_data(rule, zone) | {"times_fired": counts[rule.id]} for rule in rules]
    data = {"automations": rows, "watch_runs": watch_runs(desk.home)}
    if not rules:
        return Answer("automations", data, (NONE_YET,))
    grid = Grid(
        ("no.", "what", "waits for", "next", "fired"),
        tuple((str(r.id), said(r), waits_words(r), due_words(r, zone), str(counts[r.id])) for r in rules),
        frozenset({0, 4}),
    )
    return Answer("automations", data, (grid, watch_words(desk.home)))


def standing(desk: Desk, _: Action) -> Answer:
    """The alerts and orders that stand."""
    return listed(desk)


def cancelled(desk: Desk, action: Action) -> Answer:
    """Cancel the one that is meant: by number, by coin, or the only one. Raises SayDifferently where several are meant."""
    said_number = action.slots.get("id")
    if said_number is None:
        return cancel(desk, _only(desk, str(action.slots.get("token", ""))).id)
    return cancel(desk, _number(str(said_number)))


def cancel(desk: Desk, number: int) -> Answer:
    """Cancel by number. Raises SayDifferently where there is none, or it has ended."""
    rule = rules_of(desk).cancel(number)
    name = "Alert" if rule.kind == "alert" else "Standing order"
    told = f"{name} {rule.id} is cancelled: {said(rule)}. What it drafted before stands on its own."
    if rule.kind == "alert":
        told = f"{name} {rule.id} is cancelled: {said(rule)}."
    return Answer("automation_cancel", rule_data(rule, machine_zone()), (told,))


def rule_data(rule: Rule, zone: tzinfo) -> dict[str, Any]:
    """One alert or order as JSON."""
    return {
        "number": rule.id,
        "kind": rule.kind,
        "words": rule.words,
        "state": rule.state,
        "condition": waits_words(rule) if rule.series is not None else None,
        "schedule": schedule_words(rule.trigger) if rule.series is None else None,
        "next_due": rule.next_due,
        "next_due_local": None if rule.next_due is None else local_clock(rule.next_due, zone),
        "armed": rule.armed,
        "runs_left": rule.runs_left,
        "account": rule.account or None,
        "chain_id": rule.chain_id,
        "created_at": rule.created_at,
        "ended_at": rule.ended_at,
    }


def _only(desk: Desk, token: str) -> Rule:
    found = [rule for rule in rules_of(desk).list() if not token or token.upper() in _coins(rule)]
    about = f" about {token.upper()[:20]!a}" if token else ""
    if not found:
        raise SayDifferently(
            f"There is no alert or order{about}.", not_done=NOT_CANCELLED, remedy="See: sayso automation list."
        )
    if len(found) > 1:
        raise SayDifferently(
            f"Several are meant{about}: {_several(found)}.",
            not_done=NOT_CANCELLED,
            remedy=f"Say which, such as 'cancel number {found[0].id}'.",
        )
    return found[0]


def _several(found: list[Rule]) -> str:
    """Their numbers, the first few with their words."""
    lines = [f"{rule.id}: {said(rule)}" for rule in found[:MOST_WORDS]]
    rest = ", ".join(str(rule.id) for rule in found[MOST_WORDS:])
    return "; ".join([*lines, *([f"and {rest}"] if rest else [])])


def _coins(rule: Rule) -> set[str]:
    """Every coin that a rule is about: the one it watches, and those that it would move."""
    slots = ("token", "token_in", "token_out")
    moved = {str(action.slots[slot]).upper() for action in rule.actions for slot in slots if slot in action.slots}
    return moved | {rule.trigger[key].upper() for key in ("token", "coin") if key in rule.trigger}


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise unusable(f"{text[:20]!a} is no number of an alert or order.", "See: sayso automation list.")
    return int(text)

"""Alerts and standing orders out of actions with a trigger: checked as far as they can be now, then stored, then told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import groupby

from agent.answers.types import Answer
from agent.automation.conditions import Condition, condition_of
from agent.automation.listing import rule_data
from agent.automation.periods import NOTHING_MADE, unusable
from agent.automation.rules import NewRule, Rule, rules_of, without_trigger
from agent.automation.schedule import anchored, local_clock, machine_zone, next_due
from agent.automation.watching import watch_runs, watch_words
from agent.automation.words import (
    again_words,
    condition_words,
    schedule_words,
    subject_words,
    value_words,
    zone_words,
)
from agent.drafting import payer_of, scene_of
from agent.plan import plan_actions
from agent.render.parse import action_words
from agent.resolve import resolve_sender
from agent.session import Session
from agent.standing import check_stands
from chain.errors import InsufficientFunds, SaysoError, SetupNeeded
from chain.prices import PriceUnavailable
from chain.values import Address
from nlp.types import Action

MOST_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule that can be stored. `condition` None: it waits for a time; `notes`: what could not be had at this moment."""

    new: NewRule
    condition: Condition | None = None
    notes: tuple[str, ...] = ()


async def prepare(session: Session, actions: Sequence[Action], words: str) -> tuple[Prepared, ...]:
    """The rules that these actions ask for, each with a trigger; nothing is stored.

    Raises SayDifferently, Refused, PriceUnavailable, SetupNeeded, NotWatched, and as `ChainClient.rpc`.
    """
    try:
        zone = machine_zone()
        return tuple([await _prepared(session, group, words, zone) for group in _groups(actions)])
    except SaysoError as error:
        error.not_done = NOTHING_MADE
        raise


def store(session: Session, prepared: Sequence[Prepared]) -> tuple[Answer, ...]:
    """Store them all, or none, and say of each what is watched from now on. The same alert is not kept twice."""
    kept, zone = rules_of(session), machine_zone()
    made: list[tuple[Rule, str]] = []
    with session.store.write() as connection:
        for item in prepared:
            standing = kept.standing_in(connection, item.new)
            made.append((standing, " stands already") if standing else (kept.add_in(connection, item.new), ""))
    pairs = zip(made, prepared, strict=True)
    return tuple(_answer(session, rule, item, already, zone) for (rule, already), item in pairs)


def _groups(actions: Sequence[Action]) -> list[tuple[Action, ...]]:
    """Each alert by itself; transactions that wait for the same are one order, and become one draft."""
    keys = [(index if a.intent == "alert" else -1, dict(a.trigger or {})) for index, a in enumerate(actions)]
    pairs = groupby(zip(keys, actions, strict=True), key=lambda pair: pair[0])
    return [tuple(action for _, action in group) for _, group in pairs]


async def _prepared(session: Session, actions: tuple[Action, ...], words: str, zone: tzinfo) -> Prepared:
    trigger = dict(actions[0].trigger or {})
    is_alert = actions[0].intent == "alert"
    if "metric" not in trigger and is_alert:
        raise unusable(
            "An alert waits for a price, a balance or the gas price, and none was named.",
            "Say it as 'tell me when eth drops below 2000'.",
        )
    times = _times(trigger)
    account, notes = (_own(session), ()) if is_alert else await _checked(session, actions)
    new = NewRule(
        kind="alert" if is_alert else "order",
        words=words,
        actions=() if is_alert else without_trigger(actions),
        trigger=trigger,
        account=account,
        chain_id=session.client.chain_id,
        runs_left=times,
    )
    if "metric" not in trigger:
        return Prepared(_timed(new, session.now(), zone), notes=notes)
    if not is_alert and times not in (None, 1):
        raise unusable("An order that waits for a condition is drafted once.", "Leave out how often.")
    condition = await condition_of(session, trigger)
    waits = condition.waits(at_once=not is_alert)
    return Prepared(replace(new, trigger=condition.trigger, waits=waits), condition, notes)


def _timed(new: NewRule, now: int, zone: tzinfo) -> NewRule:
    trigger = anchored(new.trigger, now, zone)
    return replace(new, trigger=trigger, next_due=next_due(trigger, now, zone))


def _times(trigger: dict[str, str]) -> int | None:
    if "times" not in trigger:
        return None
    times = int(trigger["times"]) if trigger["times"].isascii() and trigger["times"].isdigit() else 0
    if not 0 < times <= MOST_TIMES:
        raise unusable("That is no usable number of times.", f"Say one from 1 to {MOST_TIMES}.")
    return times


def _own(session: Session) -> str:
    """The person's account, '' where there is none: an alert moves nothing."""
    try:
        return session.accounts.default().address
    except SetupNeeded:
        return ""


async def _checked(session: Session, actions: tuple[Action, ...]) -> tuple[Address, tuple[str, ...]]:
    """Who pays, and what is lacking today; names and amounts that can never be drafted are an error now.

    Raises SayDifferently, Refused, SetupNeeded.
    """
    scene = scene_of(session, payer_of(session, actions))
    account = resolve_sender(scene, actions)
    await check_stands(session, account)
    notes: list[str] = []
    for action in without_trigger(actions):
        try:
            await plan_actions(replace(scene, account=account), (action,))
        except (InsufficientFunds, PriceUnavailable) as lacking:
            notes.append(f"As it is now it could not be drafted: {lacking.happened}")
    return account, tuple(notes)


def _answer(session: Session, rule: Rule, item: Prepared, already: str, zone: tzinfo) -> Answer:
    alert = rule.kind == "alert" and item.condition is not None
    parts = _alert_parts(rule, item.condition, already) if alert else _order_parts(session, rule, item, zone)
    tail = f"To cancel it: say 'cancel number {rule.id}', or run: sayso automation cancel {rule.id}"
    data = rule_data(rule, zone) | _present_data(item.condition)
    data |= {"notes": list(item.notes), "watch_runs": watch_runs(session.home)}
    return Answer(rule.kind, data, (*parts, *item.notes, watch_words(session.home), tail))


def _alert_parts(rule: Rule, condition: Condition | None, already: str) -> tuple[str, ...]:
    head = f"Alert {rule.id}{already}: you are told when {condition_words(rule)}."
    if condition is not None and condition.level is None:
        edge = "lowest" if condition.direction == "above" else "highest"
        return head, *_now(condition), f"It counts from the {edge} value that a watch has read within that time."
    if condition is None or not condition.holds:
        return head, *_now(condition)
    return head, f"{''.join(_now(condition))} That is there already. {again_words(rule)}"


def _order_parts(session: Session, rule: Rule, item: Prepared, zone: tzinfo) -> tuple[str, ...]:
    what = "; then ".join(map(action_words, rule.actions))
    payer = next((info.name for info in session.accounts.list() if info.address == rule.account), rule.account)
    drafts = f"It drafts: {what} (from {payer}), and asks you: nothing is signed without your yes."
    if item.condition is None:
        due = local_clock(rule.next_due or 0, zone)
        head = f"Standing order {rule.id}: due {due}, {schedule_words(rule.trigger)}, {zone_words(zone)}."
        return head, drafts
    head = f"Standing order {rule.id}: due once, when {condition_words(rule)}."
    already = ("It is so already: the order is due as soon as a watch looks.",) if item.condition.holds else ()
    return head, *_now(item.condition), *already, drafts


def _now(condition: Condition | None) -> tuple[str, ...]:
    """The value as it was read when the rule was made."""
    if condition is None:
        return ()
    told = condition.trigger
    return (f"Now {subject_words(told)} is {value_words(told, condition.present.value)}.",)


def _present_data(condition: Condition | None) -> dict[str, object]:
    if condition is None:
        return {}
    return {"present": f"{condition.present.value:f}", "holds": condition.holds}

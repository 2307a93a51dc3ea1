"""Conditions and times in words, as they are kept and not as they were said."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal

from agent.automation.levels import Direction, Levels, fixed_levels
from agent.automation.periods import Period, read_period
from agent.automation.rules import Rule
from agent.automation.schedule import MONTHS, WEEKDAYS, local_clock, shown_zone
from agent.render.amounts import rate
from agent.render.escape import escaped
from chain.units import format_units

GWEI = 9
SHORTEST_MONTH = 28
LONGEST_WORDS = 200
UNITS = {"Y": "year", "M": "month", "W": "week", "D": "day"}
NEVER = {"done": "done", "cancelled": "cancelled"}


def condition_words(rule: Rule) -> str:
    """What must come true: 'the price of ETH falls to 2,000 USD or below'."""
    return trigger_condition_words(rule.trigger, rule.direction or "above", rule.level)


def trigger_condition_words(trigger: Mapping[str, str], direction: Direction, level: Decimal | None) -> str:
    """As `condition_words`; `level` in the series' own units, None for a move within a time."""
    what = subject_words(trigger)
    if level is None:
        moves = "rises" if direction == "above" else "falls"
        return f"{what} {moves} by {trigger['threshold']} within {length_words(trigger['within'])}"
    verb, beyond = ("rises to", "or above") if direction == "above" else ("falls to", "or below")
    if direction == "above" and level == 0:
        return f"{what} rises above 0"
    return f"{what} {verb} {level_words(trigger, level)} {beyond}"


def subject_words(trigger: Mapping[str, str]) -> str:
    """What is measured."""
    if trigger["metric"] == "price":
        return f"the price of {trigger['coin']}"
    if trigger["metric"] == "gas":
        return "the gas price"
    return f"the {trigger['unit']} balance of {escaped(trigger['of'])}"


def value_words(trigger: Mapping[str, str], value: Decimal) -> str:
    """A value of the series with its unit: '1,980.50 USD', '99.5 USDC', '9.8 gwei'."""
    if trigger["metric"] == "price":
        return f"{rate(value)} {trigger['unit']}"
    # A level that is a share of what was held need not be whole raw units: it is shown rounded down.
    return f"{format_units(int(value), int(trigger['decimals']))} {trigger['unit']}"


def level_words(trigger: Mapping[str, str], level: Decimal) -> str:
    """A level with its unit, all its digits; one that is a share of what was is told to the digits of a value."""
    if trigger["threshold"].endswith("%"):
        return f"about {value_words(trigger, level)}"
    if trigger["metric"] == "price":
        exact = f"{level:,f}"
        return f"{exact.rstrip('0').rstrip('.') if '.' in exact else exact} {trigger['unit']}"
    return value_words(trigger, level)


def levels_of(rule: Rule) -> Levels | None:
    """Where a rule with a fixed level fires and is armed again; None for a move within a time."""
    if rule.level is None or rule.direction is None:
        return None
    return fixed_levels(rule.direction, rule.level, least_step(rule.trigger))


def least_step(trigger: Mapping[str, str]) -> Decimal:
    """The smallest step of the values: one raw unit, or none for prices."""
    return Decimal(0) if trigger["metric"] == "price" else Decimal(1)


def again_words(rule: Rule) -> str:
    """When an alert that fired is told again."""
    levels = levels_of(rule)
    if levels is None:
        return "The next time is when the move comes anew, after it has gone back."
    side = "or below" if rule.direction == "above" else "or above"
    return (
        f"The next time is when that comes anew, after {subject_words(rule.trigger)} "
        f"has been {level_words(rule.trigger, levels.rearms_at)} {side}."
    )


def schedule_words(trigger: Mapping[str, str]) -> str:
    """How often: 'once', 'every week on Friday at 09:00', 'every 4 hours'; with the number of times where there is one."""
    if "every" not in trigger:
        return "once"
    step = read_period(trigger["every"])
    every = f"every {length_words(trigger['every']).removeprefix('1 ')}"
    if "start" in trigger and not step.seconds:
        every += _day_words(step, datetime.fromisoformat(trigger["start"]))
    return f"{every}, {trigger['times']} times in all" if "times" in trigger else every


def _day_words(step: Period, start: datetime) -> str:
    """On which day of its period, and when."""
    clock = f" at {start:%H:%M}"
    if step.months:
        last = " or its last day" if start.day > SHORTEST_MONTH else ""
        month = f" of {MONTHS[start.month - 1]}" if step.months % 12 == 0 else ""
        return f" on day {start.day}{month}{last}{clock}"
    if step.days % 7 == 0:
        return f" on {WEEKDAYS[start.weekday()].capitalize()}{clock}"
    return clock


def length_words(text: str) -> str:
    """A length of time: '1 week', '4 hours'."""
    period = read_period(text)
    parts = [*_calendar(period), *_clock(period)]
    return " and ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts)


def due_words(rule: Rule, zone: tzinfo) -> str:
    """When a rule is due next, or what became of it."""
    if rule.state != "active":
        return NEVER[rule.state]
    if rule.next_due is None:
        return "armed" if rule.armed else "when it has gone back and comes anew"
    return local_clock(rule.next_due, zone)


def waits_words(rule: Rule) -> str:
    """What a rule waits for, in short: its condition or its schedule."""
    return condition_words(rule) if rule.series is not None else schedule_words(rule.trigger)


def said(rule: Rule) -> str:
    """The person's own words, quoted."""
    return f'"{escaped(rule.words, LONGEST_WORDS)}"'


def zone_words(zone: tzinfo) -> str:
    """By whose clock."""
    return f"by this machine's clock ({shown_zone(zone)})"


def _calendar(period: Period) -> list[tuple[int, str]]:
    years, months = divmod(period.months, 12)
    weeks, days = divmod(period.days, 7) if period.days % 7 == 0 else (0, period.days)
    found = ((years, UNITS["Y"]), (months, UNITS["M"]), (weeks, UNITS["W"]), (days, UNITS["D"]))
    return [(count, unit) for count, unit in found if count]


def _clock(period: Period) -> list[tuple[int, str]]:
    hours, rest = divmod(period.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return [(count, unit) for count, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second")) if count]

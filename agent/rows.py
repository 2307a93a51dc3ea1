"""The rows that limits and known recipients rest on, held against the journal, whose head stands under the seal."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from agent.journal import verify_in
from agent.store.codec import from_json, to_json
from agent.store.engine import Store
from agent.store.tables import attempts, chains, drafts, journal, outcomes, slots
from chain.errors import Refused
from chain.values import StepOutcome

Facts = Mapping[str, Any]
Steps = dict[tuple[str, int], Any]
GIVEN_UP = ("draft.rejected", "draft.replaced")
KINDS = ("draft.made", "step.signed", "step.outcome", "chain.forgotten", *GIVEN_UP)


def check_rows(store: Store) -> None:
    """What was signed, when and for which draft, and what was seen of it, are as the journal says. Raises Refused.

    The whole journal is walked: the seal binds its head, and its head everything before it.
    """
    with store.read() as connection:
        broken = verify_in(connection).broken_at
        if broken is not None:
            raise _changed(f"Journal entry {broken} is not what was written.")
        for what, stands, told in _pairs(connection):
            if stands != told:
                raise _changed(f"The stored {what} are not what the journal says.")


def _pairs(connection: Connection) -> Iterator[tuple[str, object, object]]:
    """What stands in the tables beside what the journal tells, by kind."""
    facts = _facts(connection)
    told = _signed(facts)
    untimed = {name for rows in told.values() for name, _, at in rows if at is None}
    held = _attempts(connection)
    stands = {k: [(h, n, None if h in untimed else at) for h, n, at in rows] for k, rows in held.items()}
    yield "signatures", stands, told
    yield "outcomes", _outcomes(connection), _seen(facts)
    used = {draft for draft, _ in held}
    rows = connection.execute(select(drafts.c.id, drafts.c.digest, drafts.c.state)).all()
    made = {f["draft"]: f["digest"] for kind, f in facts if kind == "draft.made"}
    digests = {r.id: "0x" + r.digest.hex() for r in rows if r.id in used}
    yield "drafts", digests, {name: made.get(name) for name in used}
    given_up = {f["draft"] for kind, f in facts if kind in GIVEN_UP}
    yield "rejections", {r.id for r in rows if r.id in given_up and r.state == "open"}, set()
    yield "lives of chains", _lives(connection), _forgotten(facts)
    kept = connection.execute(select(slots.c.draft_id, slots.c.step, slots.c.chain_id, slots.c.life))
    places = {(r.draft_id, r.step): (r.chain_id, r.life) for r in kept}
    yield "nonces", {key: places.get(key) for key in held}, _places(facts)


def _facts(connection: Connection) -> list[tuple[str, Facts]]:
    query = select(journal.c.kind, journal.c.facts).where(journal.c.kind.in_(KINDS)).order_by(journal.c.number)
    return [(row.kind, json.loads(row.facts)) for row in connection.execute(query)]


def _attempts(connection: Connection) -> Steps:
    """By draft and step: the hash and time of each signature, in order."""
    found: Steps = {}
    for r in connection.execute(select(attempts).order_by(attempts.c.number)):
        found.setdefault((r.draft_id, r.step), []).append((r.hash, r.nonce, r.signed_at))
    return found


def _signed(facts: list[tuple[str, Facts]]) -> Steps:
    """As `_attempts`; the first entries of this kind told no time."""
    found: Steps = {}
    for kind, f in facts:
        if kind == "step.signed":
            found.setdefault((f["draft"], f["step"]), []).append((f["hash"], f["nonce"], f.get("at")))
    return found


def _outcomes(connection: Connection) -> Steps:
    rows = connection.execute(select(outcomes))
    return {(r.draft_id, r.step): (r.status, r.hash, _canonical(r.body)) for r in rows}


def _canonical(body: str) -> str:
    try:
        return to_json(from_json(StepOutcome, body))
    except (ValueError, KeyError, TypeError):
        return ""


def _seen(facts: list[tuple[str, Facts]]) -> Steps:
    told = ((f["draft"], f["outcome"]) for kind, f in facts if kind == "step.outcome")
    return {(draft, o["step_index"]): (o["status"], o["hash"], _canonical(json.dumps(o))) for draft, o in told}


def _lives(connection: Connection) -> dict[int, int]:
    return {r.chain_id: r.life for r in connection.execute(select(chains)) if r.life}


def _forgotten(facts: list[tuple[str, Facts]]) -> dict[int, int]:
    lives: dict[int, int] = {}
    for kind, f in facts:
        if kind == "chain.forgotten":
            lives[f["chain_id"]] = lives.get(f["chain_id"], 0) + 1
    return lives


def _places(facts: list[tuple[str, Facts]]) -> Steps:
    """By draft and step that was signed: its chain, and how often that had been forgotten by then."""
    chain_of: dict[str, int] = {}
    lives: dict[int, int] = {}
    found: Steps = {}
    for kind, f in facts:
        if kind == "draft.made":
            chain_of[f["draft"]] = f["chain_id"]
        elif kind == "chain.forgotten":
            lives[f["chain_id"]] = lives.get(f["chain_id"], 0) + 1
        elif kind == "step.signed":
            chain_id = chain_of.get(f["draft"], 0)
            found[f["draft"], f["step"]] = (chain_id, lives.get(chain_id, 0))
    return found


def _changed(what: str) -> Refused:
    return Refused(
        f"The database was changed behind sayso's back: {what}",
        not_done="Nothing was drafted or signed.",
        remedy="Restore the database from a backup, and find out who else uses this computer.",
    )

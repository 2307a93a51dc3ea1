"""Recipient: whom a payment goes to, by the decoded bytes."""

from collections.abc import Callable, Mapping

from agent.judge.case import Case, CaseStep, blocked, does_not_apply, passed, unknown, warned
from chain.transaction import is_checksummed
from chain.values import Address, Finding

# EIP-1352 reserves the addresses below 2**16 for precompiles and system contracts; chains use both ends of it.
RESERVED = 2**16
BURNS = frozenset(
    {
        "0x" + "0" * 36 + "dead",
        "0xdead" + "0" * 36,
        "0xdead" + "0" * 16 + "42069" * 4,
        "0x" + "0" * 32 + "deadbeef",
        "0x" + "f" * 40,
    }
)
FIRST = "first"
NO_PAYMENT = "It does not apply: nobody is paid, or not in such a way."


def check(case: Case) -> tuple[Finding, ...]:
    """All findings about recipients; each check once as n/a where nobody is paid."""
    found: list[Finding] = []
    for slug, run in CHECKS.items():
        answers = [answer for i, step in enumerate(case.steps) if (answer := _ask(slug, run, case, i, step))]
        found += answers or [does_not_apply(slug, NO_PAYMENT)]
    return (*found, *(does_not_apply(slug, why) for slug, why in NOT_YET.items()))


Run = Callable[[Case, int, CaseStep, Address], Finding | None]


def _ask(slug: str, run: Run, case: Case, index: int, step: CaseStep) -> Finding | None:
    """A name is looked up again for a spender as it is for a recipient."""
    party = step.recipient or (step.decoded.spender if slug == "recipient.name" else None)
    return run(case, index, step, party) if party else None


def _burn(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    """Zero, the dead addresses and their like: nobody has their keys. Not lifted by any policy."""
    if to.lower() in BURNS or int(to, 16) == 0:
        return blocked("recipient.burn", f"{to} is nobody's: what is sent there is lost.", index, refuse=True)
    return passed("recipient.burn", "It is no known burn address.", index)


def _precompile(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    if 0 < int(to, 16) < RESERVED:
        return blocked("recipient.precompile", f"{to} is a part of the chain itself.", index)
    return passed("recipient.precompile", "It is no part of the chain itself.", index)


def _contract(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    """A token's contract, known or the one being sent. Stricter: any contract of the registry, which keeps what it gets."""
    registry, chain_id = case.scene.client.registry, case.scene.chain_id
    if to == step.drafted.step.request.to and step.drafted.step.request.data:
        return blocked("recipient.contract", f"{to} is the contract of the token that would be sent.", index)
    if (token := registry.token_at(chain_id, to)) or to == case.scene.wrapped.address:
        name = token.symbol if token else case.scene.wrapped.symbol
        return blocked("recipient.contract", f"{to} is the contract of the token {name}.", index)
    if known := registry.contract_at(chain_id, to):
        return blocked("recipient.contract", f"{to} is the contract {known.name}, which would keep it.", index)
    return passed("recipient.contract", "It is no token and no protocol that is known.", index)


def _checksum(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    if is_checksummed(to):
        return passed("recipient.checksum", "Its checksum is right.", index)
    return blocked("recipient.checksum", f"The checksum of {to} is wrong.", index, refuse=True)


def _lookalike(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    """Same first 4 or last 4 hex digits as an anchor and not the same: stricter than the usual first and last together.

    The policy lifts it for one address that was typed whole.
    """
    anchors = case.scene.own | case.scene.past_recipients | {c.address for c in case.scene.contacts.values()}
    like = sorted(a for a in anchors | case.scene.held if looks_like(a, to))
    if to in anchors or not like:
        return passed("recipient.lookalike", "It looks like no other address you use.", index)
    if to in case.scene.policy.lifted_recipients:
        return warned("recipient.lookalike", f"{to} looks like {like[0]}; you allowed it.", index, {"like": like[0]})
    text = f"{to} looks like {like[0]}, which you use, and is another."
    return blocked("recipient.lookalike", text, index, {"like": like[0]})


def looks_like(one: Address, other: Address) -> bool:
    """Whether the first 4 or the last 4 hex digits are the same, and the addresses are not."""
    a, b = one[2:].lower(), other[2:].lower()
    return a != b and (a[:4] == b[:4] or a[-4:] == b[-4:])


def _first_time(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    """A contact that was never paid is a first time, too."""
    if to in case.scene.own:
        return passed("recipient.first_time", "It is one of your own accounts.", index)
    if to in case.scene.past_recipients:
        return passed("recipient.first_time", "You have paid it before.", index)
    return warned("recipient.first_time", f"You have never paid {to} before.", index, ack=FIRST)


def _refuses(case: Case, index: int, step: CaseStep, to: Address) -> Finding | None:
    """Code that does not take the payment, seen by the simulation."""
    if step.decoded.kind != "native" or not case.evidence.code(to):
        return None
    if step.drafted.simulated.succeeded:
        return passed("recipient.refuses", "The contract there takes it.", index)
    return blocked("recipient.refuses", f"The contract at {to} does not take this payment.", index, refuse=True)


def _name(case: Case, index: int, step: CaseStep, to: Address) -> Finding | None:
    """The ENS name still says the drafted address, at the block that was simulated. The facts serve to ask again."""
    if step.party is None or not step.party.ens:
        return None
    name, now = step.party.ens, case.evidence.names.get(step.party.ens)
    facts = {"name": name, "address": step.party.address, "kind": step.party.kind}
    if name not in case.evidence.names:
        return unknown("recipient.name", f"There is no ENS here to ask for {name}.", index, facts)
    if now is None:
        return blocked("recipient.name", f"The name {name} has no address any more.", index, facts, refuse=True)
    if now != to or step.party.address != to:
        text = f"The name {name} stands for {now} now, and not for {to}."
        return blocked("recipient.name", text, index, facts, refuse=True)
    return passed("recipient.name", f"The name {name} stands for {to}.", index, facts)


def _delegated(case: Case, index: int, step: CaseStep, to: Address) -> Finding:
    """An account that runs a contract's code (EIP-7702)."""
    if case.evidence.delegates(to):
        text = f"{to} is an account that lets a contract act for it."
        return warned("recipient.delegated", text, index, ack="delegated")
    return passed("recipient.delegated", "It delegates to no contract.", index)


CHECKS: Mapping[str, Run] = {
    "recipient.burn": _burn,
    "recipient.precompile": _precompile,
    "recipient.contract": _contract,
    "recipient.checksum": _checksum,
    "recipient.lookalike": _lookalike,
    "recipient.first_time": _first_time,
    "recipient.refuses": _refuses,
    "recipient.name": _name,
    "recipient.delegated": _delegated,
}
NOT_YET: Mapping[str, str] = {
    "recipient.dust": "Incoming transfers are not watched yet.",
    "recipient.elsewhere": "Only one chain is connected.",
    "recipient.blocklist": "There is no local blocklist yet.",
}

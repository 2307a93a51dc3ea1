"""From actions to a stored draft, or to an error and no card: plan, simulate, set fees, judge, seal."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.actions import actions_from_json, actions_to_json
from agent.amounts import price_text
from agent.drafts import Beside, new_draft_id
from agent.judge import Case, CaseStep, gather_evidence, judge
from agent.plan import Planning, plan_actions
from agent.refusals import ChecksRefuse, refuse_blocked
from agent.resolve import NOTHING, Party
from agent.rows import check_rows
from agent.scene import Scene, Spending
from agent.session import Session
from chain.decode import decode_call
from chain.digest import draft_digest, policy_hash
from chain.errors import Refused
from chain.fees import FeeQuote, covers, fee_limits, gas_limit_for, quote_fees
from chain.l1_fee import with_l1_fee
from chain.prices import Price
from chain.simulate import simulate
from chain.values import Address, Digest, Draft, DraftStep, Finding, Simulation, Step, StepSimulation, Verdict
from nlp.types import Action

FEE_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Recheck:
    """A draft held against the chain as it is now. `changes` says in words what got worse; empty: it may be signed."""

    findings: tuple[Finding, ...]
    changes: tuple[str, ...]


async def draft(
    session: Session,
    actions: Sequence[Action],
    words: str,
    *,
    payer: Address | None = None,
    beside: Beside | None = None,
) -> Draft:
    """One draft of all actions, simulated, judged and stored; all or none.

    `payer` pays where no action names an account, else the account of the settings; `beside` as in `DraftStore.save`.
    Raises SayDifferently, Refused (with findings, see `agent.refusals`), InsufficientFunds, SimulationReverts,
    PriceUnavailable, SetupNeeded, and as `ChainClient.rpc`. Nothing is stored then.
    """
    return await _draft(session, payer or payer_of(session, actions), actions, words, beside)


async def _draft(
    session: Session, payer: Address, actions: Sequence[Action], words: str, beside: Beside | None = None
) -> Draft:
    said = actions_to_json(actions)
    session.journal.append("action.asked", {"words": words, "actions": said})
    made = await prepare(scene_of(session, payer), actions, words)
    session.drafts.save(made, said, beside=beside)
    return made


async def redraft(session: Session, old: Draft) -> Draft:
    """The same draft, where its steps still do at the head what was promised, and no check finds more than it did.

    Else a new one of what was asked for, stored. Raises as `draft`, and ChecksRefuse where a name stands for another
    address now: that is never drafted anew by itself.
    """
    looked = await recheck(session, old)
    if not looked.changes:
        return old
    if any(f.check == "recipient.name" and f.verdict is Verdict.BLOCK for f in looked.findings):
        raise ChecksRefuse(looked.findings, "Nothing was signed.")
    actions = actions_from_json(session.drafts.action(old.id))
    return await _draft(session, old.account, actions, old.words)


async def recheck(session: Session, old: Draft, *, start: int = 0) -> Recheck:
    """The very steps of a draft, simulated again at the head and judged again, with the gas that they may burn.

    From `start` on, where those before are on chain: what was signed counts into the limits as any other spending does.
    Raises InsufficientFunds, and as `ChainClient.rpc`.
    """
    scene = scene_of(session, old.account)
    rest = old.steps[start:]
    requests, gas = [step.step.request for step in rest], [step.fees.gas_limit for step in rest]
    simulation, fees = await asyncio.gather(
        simulate(scene.client, old.account, requests, gas_limits=gas), quote_fees(scene.client)
    )
    steps = tuple(replace(s, simulated=seen) for s, seen in zip(rest, simulation.steps, strict=True))
    said = [_said(old, start + index) for index in range(len(steps))]
    case = await _case(scene, _case_steps(scene, steps, said), simulation, old.expires_at)
    findings = tuple(f if f.step is None else replace(f, step=f.step + start) for f in judge(case))
    known = [f for f in old.findings if f.step is None or f.step >= start]
    changes = (*_worse(known, findings), *_too_dear(old, start, fees), *(() if start else _other_policy(old, scene)))
    return Recheck(findings, changes)


def _other_policy(old: Draft, scene: Scene) -> tuple[str, ...]:
    """A draft stands under the policy that it was judged by."""
    return () if policy_hash(scene.policy) == old.policy_hash else ("your policy has changed since this was drafted",)


def _too_dear(old: Draft, start: int, fees: FeeQuote) -> tuple[str, ...]:
    """The steps that would be signed and then wait for a cheaper day, their ceiling being under the fee of now."""
    steps = enumerate(old.steps[start:], start + 1)
    return tuple(
        f"The network's fee rose above what step {number} may cost at most."
        for number, step in steps
        if not covers(step.fees, fees)
    )


async def prepare(scene: Scene, actions: Sequence[Action], words: str) -> Draft:
    """The draft, judged and sealed, not stored. Raises as `draft`."""
    planning, steps, simulation = await _settle(scene, actions)
    scene = planning.scene
    expires_at = scene.now + scene.policy.expiry_seconds
    said = [(planned.party, planned.unlimited_said) for planned in planning.steps]
    case = await _case(scene, _case_steps(scene, steps, said), simulation, expires_at)
    findings = judge(case)
    refuse_blocked(findings)
    unsealed = Draft(
        id=new_draft_id(),
        account=scene.account,
        chain_id=scene.chain_id,
        steps=steps,
        findings=findings,
        policy_hash=policy_hash(scene.policy),
        block_number=simulation.block_number,
        block_hash=simulation.block_hash,
        simulation_method=simulation.method,
        created_at=scene.now,
        expires_at=expires_at,
        words=words,
        digest=Digest(b""),
        prices=_prices([*planning.prices, *(p for p in case.evidence.prices.values() if isinstance(p, Price))]),
    )
    return replace(unsealed, digest=draft_digest(unsealed))


def scene_of(session: Session, account: Address) -> Scene:
    """What drafting may know, read from the store; `account` pays. Raises Refused where rows are not as the journal says."""
    check_rows(session.store)
    now, policy = session.now(), session.policies.current()
    window = max((limit.window for limit in policy.limits), default=0)
    outflows = session.drafts.outflows(now - window) if window else ()
    accounts = {info.name.lower(): info.address for info in session.accounts.list()}
    enrolled = session.seals.enrolled() & frozenset(accounts.values())
    return Scene(
        client=session.client,
        policy=policy,
        account=account,
        now=now,
        accounts=accounts,
        contacts={contact.name: contact for contact in session.contacts.list()},
        past_recipients=frozenset(map(Address, session.drafts.recipients(session.client.chain_id))),
        spent=tuple(Spending(o.at, o.effect) for o in outflows if o.effect.counterparty not in enrolled),
        enrolled=enrolled,
    )


def payer_of(session: Session, actions: Sequence[Action]) -> Address:
    """The account of the settings; any of the person's where each action names one. Raises SetupNeeded."""
    known = session.accounts.list()
    named = bool(known) and all("account" in action.slots for action in actions)
    return known[0].address if named else session.accounts.default().address


async def _settle(scene: Scene, actions: Sequence[Action]) -> tuple[Planning, tuple[DraftStep, ...], Simulation]:
    """Plan and simulate; again, with the fees kept back, where 100% of the native coin hangs on them."""
    fees = await quote_fees(scene.client)
    reserve = 0
    for _ in range(FEE_ROUNDS):
        planning = await plan_actions(scene, actions, reserve)
        requests = [step.request for step in planning.plan.steps]
        simulation = await simulate(scene.client, planning.plan.account, requests)
        pairs = zip(planning.plan.steps, simulation.steps, strict=True)
        steps = tuple(await asyncio.gather(*(_drafted(scene, step, seen, fees) for step, seen in pairs)))
        ceiling = sum(step.fees.ceiling for step in steps)
        if not planning.takes_all_native or ceiling <= reserve:
            return planning, steps, simulation
        reserve = ceiling
    raise Refused("The fees of this cannot be told in advance.", not_done=NOTHING, remedy="Name an amount.")


async def _drafted(scene: Scene, step: Step, seen: StepSimulation, fees: FeeQuote) -> DraftStep:
    limits = fee_limits(fees, gas_limit_for(seen.gas_used, step.request.data))
    return DraftStep(step, await with_l1_fee(scene.client, step.request, limits), seen)


Said = tuple[Party | None, bool]


def _case_steps(scene: Scene, steps: Sequence[DraftStep], said: Sequence[Said]) -> tuple[CaseStep, ...]:
    """Each step beside what its bytes say; tokens that are not listed are read as ERC-20s."""
    tokens = {effect.asset.address for step in steps for effect in step.step.promised}
    known = {address for address in tokens if address is not None}
    return tuple(
        CaseStep(step, decode_call(scene.client.registry, step.step.request, tokens=known), party, unlimited)
        for step, (party, unlimited) in zip(steps, said, strict=True)
    )


async def _case(scene: Scene, steps: tuple[CaseStep, ...], simulation: Simulation, expires_at: int) -> Case:
    evidence = await gather_evidence(scene, steps, simulation.block_number)
    return Case(scene, steps, simulation, expires_at, evidence)


def _said(old: Draft, index: int) -> Said:
    """What the words said of a step, as far as the draft's findings keep it: an ENS name, and 'unlimited'."""
    party, unlimited = None, False
    for finding in old.findings:
        if finding.step != index:
            continue
        if finding.check == "recipient.name":
            facts = dict(finding.facts)
            party = Party(Address(facts["address"]), "name", facts["name"], facts["name"])
        unlimited = unlimited or (finding.check == "approval.amount" and finding.verdict is Verdict.WARN)
    return party, unlimited


def _worse(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[str, ...]:
    """The findings that were not there, not so grave, or in a lower band; other numbers in the words may differ."""
    graver = (Verdict.WARN, Verdict.UNKNOWN, Verdict.BLOCK)
    known = {(f.check, f.step, f.verdict, f.ack): _band(f) for f in old}
    fresh = [f for f in new if f.verdict in graver and _band(f) > known.get((f.check, f.step, f.verdict, f.ack), -1)]
    return tuple(dict.fromkeys(f.message for f in fresh))


def _band(finding: Finding) -> int:
    """How bad it is among findings of its kind, in whole percent; 0 where there are no such degrees."""
    return int(dict(finding.facts).get("band", "0"))


def _prices(used: Sequence[Price]) -> tuple[tuple[str, str, int, str], ...]:
    return tuple(dict.fromkeys((p.base, price_text(p.value, p.quote), p.age, p.source) for p in used))

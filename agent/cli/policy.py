"""`sayso policy`: what you allow. Tightening is at once; widening takes your password."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.common import PasswordFile, ask_again, settings_with
from agent.cli.envelope import Result
from agent.cli.options import Json, Plain

if TYPE_CHECKING:
    from agent.session import Desk
    from chain.values import Policy

EXAMPLES = (
    "sayso policy show",
    'sayso policy set --per-transaction "100 USDC" --per-day "500 USD"',
    "sayso policy set --allow bob --allow 0x…",
    'sayso policy set --per-day "none USD" --password-file FILE',
)

PerTransaction = Annotated[
    list[str] | None,
    typer.Option(
        "--per-transaction", metavar="AMOUNT", help="At most so much at once: '100 USDC', '200 USD', 'none USD'."
    ),
]
PerDay = Annotated[
    list[str] | None,
    typer.Option("--per-day", metavar="AMOUNT", help="At most so much in any 24 hours, said likewise."),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow", metavar="WHO", help="Allow payments to this contact, account or address, and to no others."
    ),
]
Disallow = Annotated[list[str] | None, typer.Option("--disallow", metavar="WHO", help="Take one out of the allowed.")]
AllowAnyone = Annotated[bool, typer.Option("--allow-anyone", help="Allow payments to anyone again.")]
Lift = Annotated[
    list[str] | None,
    typer.Option("--lift", metavar="ADDRESS", help="Lift the look-alike check for this one address, typed whole."),
]
Unlift = Annotated[list[str] | None, typer.Option("--unlift", metavar="ADDRESS", help="Let that check stand again.")]
UnknownAbove = Annotated[
    str,
    typer.Option(
        "--unknown-above", metavar="AMOUNT", help="A check that could not be made blocks above this: '100 USD'."
    ),
]
Slippage = Annotated[str, typer.Option("--slippage", metavar="PERCENT", help="How much worse a trade may end: '0.5%'.")]
Expiry = Annotated[int | None, typer.Option("--expiry", metavar="SECONDS", help="How long a draft may be confirmed.")]


def show(json: Json = False, plain: Plain = False) -> Result:
    """Shows the policy that stands."""
    from agent.render.policy import policy_data, policy_text
    from agent.session import open_desk

    with open_desk(settings_with()) as desk:
        policy = desk.policies.current()
        return Result({"policy": policy_data(desk, policy)}, policy_text(desk, policy))


def set_(
    per_transaction: PerTransaction = None,
    per_day: PerDay = None,
    allow: Allow = None,
    disallow: Disallow = None,
    allow_anyone: AllowAnyone = False,
    lift: Lift = None,
    unlift: Unlift = None,
    unknown_above: UnknownAbove = "",
    slippage: Slippage = "",
    expiry: Expiry = None,
    password_file: PasswordFile = "",
    json: Json = False,
    plain: Plain = False,
) -> Result:
    """Changes the policy. What allows less stands at once; what allows more takes your password on this very command."""
    from agent.policy_words import Wanted, changed
    from agent.render.policy import policy_data, policy_text
    from agent.session import open_desk

    _check_expiry(expiry)
    wanted = Wanted(
        per_transaction=tuple(per_transaction or ()),
        per_day=tuple(per_day or ()),
        allow=tuple(allow or ()),
        disallow=tuple(disallow or ()),
        allow_anyone=allow_anyone,
        lift=tuple(lift or ()),
        unlift=tuple(unlift or ()),
        unknown_above=unknown_above,
        slippage=slippage,
        expiry=expiry or 0,
    )
    with open_desk(settings_with()) as desk:
        policy = changed(desk, desk.policies.current(), wanted)
        widened = _store(desk, policy, password_file)
        how = "It allows more than before." if widened else "It allows no more than before."
        text = f"{policy_text(desk, policy)}\n{how}"
        return Result({"policy": policy_data(desk, policy), "widened": widened}, text)


def _check_expiry(seconds: int | None) -> None:
    from agent.policies import LONGEST_EXPIRY
    from chain.errors import SayDifferently

    if seconds is not None and not 1 <= seconds <= LONGEST_EXPIRY:
        raise SayDifferently(
            f"A draft cannot be confirmed for {seconds} seconds: from 1 to {LONGEST_EXPIRY} are possible.",
            not_done="The policy was not changed.",
            remedy="Say how many, as in: sayso policy set --expiry 300.",
        )


def _store(desk: "Desk", policy: "Policy", password_file: str) -> bool:
    """Whether it was a widening, for which the password is asked. Raises NotConfirmed, SetupNeeded, Locked, Refused."""
    from agent.policies import check_policy
    from agent.policy_rules import is_no_wider

    check_policy(policy)
    if is_no_wider(policy, desk.policies.current()):
        return desk.policies.set(policy)
    account = desk.accounts.default()
    password = ask_again(f"This allows more than before. Password of {account.name}: ", password_file)
    return desk.policies.set(policy, desk.accounts.open_seal(account.address, password))


COMMANDS = {"show": show, "set": set_}

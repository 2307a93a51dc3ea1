"""Surface forms of function names, calls and argument lists."""

from random import Random

from nlp.corpus import people, pools


def function(rng: Random, view: bool, bare: bool) -> str:
    """A function's name, or a whole call unless its arguments stand elsewhere (`bare`)."""
    if view:
        name = rng.choice(pools.VIEW_FUNCTIONS if rng.random() < 0.6 else pools.VIEW_ADDRESS_FUNCTIONS)
        if bare:
            return rng.choice(pools.VIEW_ADDRESS_FUNCTIONS)
        return _called(rng, name, people.address(rng) if name in pools.VIEW_ADDRESS_FUNCTIONS else "")
    if bare:
        return rng.choice(pools.CALL_AMOUNT_FUNCTIONS)
    name = rng.choice(pools.CALL_FUNCTIONS if rng.random() < 0.6 else pools.CALL_AMOUNT_FUNCTIONS)
    return _called(rng, name, args(rng, ", ") if name in pools.CALL_AMOUNT_FUNCTIONS else "")


def args(rng: Random, joint: str = "") -> str:
    """A list of one to three arguments: numbers, addresses, words."""
    makers = (
        lambda: str(rng.randint(0, 5000)),
        lambda: people.address(rng),
        lambda: rng.choice(("true", "false", "0", "1")),
    )
    items = [rng.choices(makers, (5, 4, 1))[0]() for _ in range(rng.choices((1, 2, 3), (6, 3, 1))[0])]
    return (joint or rng.choice((", ", ", ", " and ", ","))).join(items)


def _called(rng: Random, name: str, inside: str) -> str:
    if inside:
        return f"{name}({inside})" if rng.random() < 0.75 else name
    return f"{name}()" if rng.random() < 0.35 else name

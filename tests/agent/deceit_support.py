"""Small pieces of EVM code for contracts that do other than they say."""

from chain.abi import selector, topic

CALLER, SLOAD, SSTORE, MSTORE, CALLDATALOAD = b"\x33", b"\x54", b"\x55", b"\x52", b"\x35"


def push(value: int, size: int = 32) -> bytes:
    """PUSHn of a value."""
    return bytes([0x5F + size]) + value.to_bytes(size, "big")


def answer(word: int) -> bytes:
    """Return one word."""
    return push(word) + push(0, 1) + MSTORE + push(32, 1) + push(0, 1) + b"\xf3"


def call(to: str, data: bytes) -> bytes:
    """Call another contract and go on, whatever it says."""
    padded = data.ljust(-(-len(data) // 32) * 32, b"\0")
    store = b"".join(
        push(int.from_bytes(padded[at : at + 32], "big")) + push(at, 2) + MSTORE for at in range(0, len(padded), 32)
    )
    arguments = push(0, 1) + push(0, 1) + push(len(data), 2) + push(0, 1) + push(0, 1)
    return store + arguments + push(int(to, 16), 20) + b"\x5a\xf1\x50"


def pay(to: str) -> bytes:
    """Send on what was sent along."""
    return push(0, 1) * 4 + b"\x34" + push(int(to, 16), 20) + b"\x5a\xf1\x50"


def store_amount(plus: int) -> bytes:
    """Keep the second argument, and `plus` more, in slot 0."""
    return push(36, 1) + CALLDATALOAD + push(plus) + b"\x01" + push(0, 1) + SSTORE


def log_approval(spender: str) -> bytes:
    """Log Approval(caller, spender, second argument)."""
    amount = push(36, 1) + CALLDATALOAD + push(0, 1) + MSTORE
    topics = push(int(spender, 16)) + CALLER + push(int(topic("Approval(address,address,uint256)"), 16))
    return amount + topics + push(32, 1) + push(0, 1) + b"\xa3"


def code(*pieces: bytes, stop: bool = False) -> str:
    """The pieces one after another, as anvil_setCode takes them."""
    return "0x" + b"".join(pieces).hex() + ("00" if stop else "")


def fake_token(approve: bytes, decimals: int = 18, balance: int = 10**24) -> str:
    """A token whose approve does this and returns true; every allowance is what slot 0 holds."""
    allowance = push(0, 1) + SLOAD + push(0, 1) + MSTORE + push(32, 1) + push(0, 1) + b"\xf3"
    bodies = {
        "decimals()": answer(decimals),
        "balanceOf(address)": answer(balance),
        "allowance(address,address)": allowance,
        "approve(address,uint256)": approve + answer(1),
    }
    head, default = push(0, 1) + CALLDATALOAD + push(0xE0, 1) + b"\x1c", answer(1)
    at, table, rest = len(head) + 11 * len(bodies) + len(default), b"", b""
    for signature, body in bodies.items():
        table += b"\x80\x63" + selector(signature) + b"\x14" + push(at, 2) + b"\x57"
        rest += b"\x5b" + body
        at += 1 + len(body)
    return code(head, table, default, rest)

"""WETH9: the native coin as an ERC-20 token, one to one."""

from chain.abi import encode_call


def deposit() -> bytes:
    """Calldata: wrap the value that is sent along."""
    return encode_call("deposit()")


def withdraw(amount: int) -> bytes:
    """Calldata: unwrap `amount` wei."""
    return encode_call("withdraw(uint256)", amount)

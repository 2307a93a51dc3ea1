"""Why a call reverted, as far as its data says: Error(string), Panic(uint256), the errors of ERC-6093, or a custom error left raw."""

from chain.abi import BadAnswer, decode_answer, selector

ERROR = bytes.fromhex("08c379a0")
PANIC = bytes.fromhex("4e487b71")
# The codes of the Solidity documentation, section "Panic via assert and Error via require".
PANICS = {
    0x00: "generic panic",
    0x01: "assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "value outside of an enum",
    0x22: "badly encoded storage",
    0x31: "pop of an empty array",
    0x32: "index out of bounds",
    0x41: "out of memory",
    0x51: "call of an empty function",
}
# The errors of ERC-6093, which OpenZeppelin's tokens revert with.
TOKEN_ERRORS = {
    selector("ERC20InsufficientBalance(address,uint256,uint256)"): "the token balance is too small",
    selector("ERC20InsufficientAllowance(address,uint256,uint256)"): "the token allowance is too small",
    selector("ERC20InvalidSender(address)"): "the token does not allow this sender",
    selector("ERC20InvalidReceiver(address)"): "the token does not allow this receiver",
    selector("ERC20InvalidApprover(address)"): "the token does not allow this approver",
    selector("ERC20InvalidSpender(address)"): "the token does not allow this spender",
}


def revert_reason(data: bytes) -> str:
    """The reason in words; untrusted text where the contract wrote it, '' where it gave none."""
    try:
        if data[:4] == ERROR:
            return str(decode_answer(["string"], data[4:])[0])
        if data[:4] == PANIC:
            code = int(decode_answer(["uint256"], data[4:])[0])
            return f"panic 0x{code:02x}: {PANICS.get(code, 'unknown')}"
    except BadAnswer:
        pass
    if data[:4] in TOKEN_ERRORS:
        return TOKEN_ERRORS[data[:4]]
    return f"custom error 0x{data[:68].hex()}" if data else ""

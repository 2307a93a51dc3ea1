"""Why a call reverted, as far as its data says: Error(string), Panic(uint256), or a custom error left raw."""

from chain.abi import BadAnswer, decode_answer

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
    return f"custom error 0x{data[:68].hex()}" if data else ""

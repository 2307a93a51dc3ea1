"""The local chain behaves as the real protocols do, starts quickly, and stops with its owner."""


def test_smoke(local_chain):
    a = "0x" + "11" * 20
    local_chain.fund(a)
    assert local_chain.balance(a) == 100 * 10**18
    assert local_chain.erc20_balance("USDC", a) == 10_000 * 10**6
    assert local_chain.erc20_balance("WETH", a) == 10 * 10**18
    local_chain.set_price("ETH", "2000")
    local_chain.mine(3)

"""What stands on chain and where: chains, tokens, protocol addresses, ABIs, our own Solidity, local-chain recipes."""

"""Talks to chains: reads, the closed transaction type, simulation, decoding, the signer, sending and tracking."""

"""Prices from feeds and pools, each with its age and source."""

from chain.prices.lookup import price, prices
from chain.prices.quotation import Price, PriceUnavailable

__all__ = ["Price", "PriceUnavailable", "price", "prices"]

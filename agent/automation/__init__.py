"""Alerts and standing orders: what is watched, when it fires, and the drafts that come of it. Nothing here signs."""

"""Hall: OMS policies."""

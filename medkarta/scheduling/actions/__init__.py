"""Writes of the room, split by what they are about."""

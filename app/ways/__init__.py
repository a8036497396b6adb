"""The ways in which code asks for a save or sends a signal, each a function that reads like a project's own."""

from app.ways.registry import BESIDE, CLAIMED, EVERY_WAY, WAYS, Way, way_of

__all__ = ["BESIDE", "CLAIMED", "EVERY_WAY", "WAYS", "Way", "way_of"]

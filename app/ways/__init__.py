"""The ways in which code asks for a save or sends a signal, each a function that reads like a project's own."""

from app.ways.registry import WAYS, Way

__all__ = ["WAYS", "Way"]

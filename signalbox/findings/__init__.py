"""Hazards in what was recorded: pure functions from a recording to sentences that a developer can act on.

``find(recording)`` gives the findings, the gravest first. docs/findings.md explains each.
"""

from signalbox.findings.finding import Finding, Severity
from signalbox.findings.registry import RULES, Rule, find

__all__ = ["RULES", "Finding", "Rule", "Severity", "find"]

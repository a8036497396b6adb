"""A run's verdict as text for a terminal."""

import textwrap
from typing import Any

WIDTH = 100
_ANSWERS = {True: "yes", False: "no", None: "–"}
_QUESTIONS = (
    ("Did the caller wait?", "caller_waited", "caller_waited"),
    ("Same thread as the sender?", "same_thread_as_sender", "same_thread"),
    ("Same thread as the caller?", "same_thread_as_caller", None),
    ("Same connection?", "same_connection", "same_transaction"),
    ("Same transaction?", "same_transaction", None),
    ("Event loop free?", "event_loop_free", "event_loop_free"),
)


def report(document: dict[str, Any]) -> str:
    """The run's document in the words of a person."""
    verdict = document["verdict"]
    parts = [f"{headline(document['experiment'])}\n{_environment(document['environment'])}"]
    if verdict["error"]:
        parts.append(_wrapped("The caller got ", verdict["error"]))
    parts += [_receiver(receiver) for receiver in verdict["receivers"]]
    if not verdict["receivers"] and not verdict["notes"]:
        parts.append("No receiver was called.")
    parts += verdict["notes"]
    parts += [_finding(finding) for finding in document["findings"]]
    parts.append(f"Run {document['id']}: {document['url']}")
    return "\n\n".join(parts)


def headline(experiment: dict[str, Any]) -> str:
    """The experiment in a few words."""
    in_transaction = ", in a transaction" if experiment["atomic"] else ""
    concurrency = experiment.get("concurrency", 1)  # runs that were stored before there was a choice had one
    at_once = f", {concurrency} at once" if concurrency > 1 else ""
    return f"{experiment['caller']} · {experiment['way']} · {experiment['receivers']}{in_transaction}{at_once}"


def _environment(environment: dict[str, str]) -> str:
    return " · ".join(f"{name} {value}" for name, value in environment.items())


def _receiver(receiver: dict[str, Any]) -> str:
    kind = "async" if receiver["is_async"] else "sync"
    lines = [f"{receiver['name']} ({kind}, {receiver['signal']})"]
    for question, answer, reason in _QUESTIONS:
        label = f"  {question:<27} {_ANSWERS[receiver[answer]]:<4} "
        lines.append(_wrapped(label, receiver["reasons"][reason] if reason else ""))
    lines.append(_wrapped("  Why there?                       ", receiver["why"]))
    return "\n".join(lines)


def _finding(finding: dict[str, Any]) -> str:
    source = f" ({finding['source']})" if finding["source"] else ""
    return "\n".join(
        [
            f"{finding['code']} {finding['severity']}: {finding['title']}{source}",
            _wrapped("  ", finding["explain"]),
            _wrapped("  What to do: ", finding["fix"]),
        ]
    )


def _wrapped(label: str, text: str) -> str:
    return (
        textwrap.fill(text, WIDTH, initial_indent=label, subsequent_indent=" " * len(label)) if text else label.rstrip()
    )

"""The methods of Django that the probe has versions of its own of, known by the source that these equal.

With any other source the general way is taken, which asks the method itself: ``signalbox.dispatch``.
"""

import ast
import functools
import hashlib
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

#: Fingerprints of the methods of ``Signal``, by the Django version that has them since.
KNOWN = {
    "send": {
        "2423e96ab659b72e0805d3ce5536abb2b66783fcd654fa0c2d8d10228bb34f3f": "5.2",
        "0d5e876789ce4d252b6773e90abe21e8f0556246c233cd3446d17b643b060ea2": "6.1",
    },
    "asend": {
        "25e9e2ec7eb87bb8bdb2dd34a7187ec280456ee8287d2d0ef71bf66128cc7871": "5.2",
        "d1fda9ea7950a64a6275ce0c023bb7742ea60c6f4a6fa349e5334a757e26b48c": "6.1",
    },
    "_live_receivers": {
        "e03a83dea927a01bb4a32358d6f6efbea88ca8bf19c78a166f1392cd40af375f": "5.2",
        "c8ee33498c254a4689129e3b1608a80e1774461088b9cf51dd209efac7a4217f": "6.0",
    },
}


def version_of(method: Callable[..., Any]) -> str | None:
    """The Django version whose method of this name it is; None: another one, or somebody's hook."""
    return KNOWN.get(method.__name__, {}).get(fingerprint(method))


@functools.cache
def fingerprint(method: Callable[..., Any]) -> str:
    """SHA-256 of a method's syntax tree, without comments, docstring and layout; empty where there is no source.

    Of its own code, never of the function that it wraps, which ``inspect.getsource()`` would find.
    """
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(method.__code__))).body
    except (OSError, TypeError, SyntaxError, ValueError, AttributeError):
        return ""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    body = [ast.unparse(statement) for statement in function.body[1:]]
    return hashlib.sha256("\n".join([ast.unparse(function.args), *body]).encode()).hexdigest()

"""How a test came by a value, as text: the profile of the solution is kept under it.

``f`` is the name, ``f()`` what it returned, ``f().step`` an attribute of that, ``f()[]`` an item, ``f() mul`` a product
with it, ``<Stack>`` a class that a test knows from its objects alone. An object that was reached in several ways has
several origins, and so has what it gives.
"""

import re

Origins = tuple[str, ...]
ITERATOR = "[] iterator"

_NO_NAME = re.compile(r"[^a-zA-Z0-9_:]")
_OPERATION = re.compile(r" \w+(?: \w+)?$")
_STEP = re.compile(r"\.\w+(?:\(\))?|\(\)|\[\](?: iterator)?| \w+(?: \w+)?")
_MOST_REPEATED = 2


def follow(origins: Origins, step: str) -> Origins:
    """The origins of what is one step further.

    A step counts twice at most: to walk through a list of linked nodes leads to the same origin however long it is.

    Args:
        origins: where the step begins.
        step: ".name", "()", "[]", "[] iterator", or the name of an operation after a blank.
    """
    return tuple(dict.fromkeys(_shorten(origin + step) for origin in origins))


def operate(origins: Origins, operation: str) -> Origins:
    """The origins of an operation's result; all operations of a long sum have one origin, however long the sum is."""
    return follow(tuple(dict.fromkeys(root(origin) for origin in origins)), f" {operation}")


def items(origins: Origins) -> Origins:
    """The origins of the items of an object, or of those that its iterator gives."""
    return follow(tuple(origin.removesuffix(ITERATOR) for origin in origins), "[]")


def root(origin: str) -> str:
    """An origin without its last operation."""
    return _OPERATION.sub("", origin)


def of_class(module: str, name: str) -> str:
    """The origin of a class that a test knows from its objects."""
    return f"<{_NO_NAME.sub('', f'{module}:{name}')}>"


def _shorten(origin: str) -> str:
    steps = list(_STEP.finditer(origin))
    same = [step for step in steps if step.group() == steps[-1].group()] if steps else []
    return origin[: same[_MOST_REPEATED - 1].end()] if len(same) > _MOST_REPEATED else origin

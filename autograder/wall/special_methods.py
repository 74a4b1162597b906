"""The special methods of student classes that Python calls by itself on the judge's side.

A proxy has those of them that its class has on the student's side, and no other: so ``len``, ``callable``, ``hasattr``
and the abstract classes of `collections.abc` say of the proxy what they would say of the object.
"""

BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul", "and", "or", "xor", "lshift", "rshift", "pow")
UNARY = ("neg", "pos", "abs", "invert")
COMPARISONS = ("lt", "le", "gt", "ge")
CONVERSIONS = ("int", "float", "complex", "bytes", "index", "trunc", "floor", "ceil")
_OTHERS = (
    "call len length_hint iter next reversed contains getitem setitem delitem bool round divmod rdivmod hash eq ne "
    "str repr format enter exit await aiter anext aenter aexit init"
)

SPECIAL_METHODS = frozenset(
    f"__{name}__"
    for name in (
        *BINARY,
        *(f"r{name}" for name in BINARY),
        *(f"i{name}" for name in BINARY),
        *UNARY,
        *COMPARISONS,
        *CONVERSIONS,
        *_OTHERS.split(),
    )
)
UNHASHABLE = "no __hash__"
"""Said of a class instead of a method: it has an ``__eq__`` and no ``__hash__``, so its objects have no hash."""

"""What the program keeps its libraries from importing, since it takes long and nobody here needs it."""

import sys


def spare_imports() -> None:
    """Let no library import `rfc3987_syntax`: to be called before nbformat is imported.

    jsonschema, which nbformat imports, takes it if it is there, to check addresses that no notebook holds. It builds a
    parser when it is imported, which takes as long as importing all of nbgrader.
    """
    if "jsonschema" not in sys.modules:
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None is how Python marks it

"""The quick rewriting of cells does what IPython's own does."""

import pytest
from IPython.core.async_helpers import _should_be_async
from IPython.core.inputtransformer2 import TransformerManager

from autograder.wall.cell_syntax import QuickTransformerManager, may_await

CELLS = [
    "x = 1\nx % 2",
    "%matplotlib inline\nx = 1",
    "x = 1\n  %time x",
    "if True:\n    !ls\n    x = %pwd",
    "x = !ls",
    "x =   %pwd",
    "x = \\\n  %pwd",
    "x = \\\n  !ls",
    "len?",
    "x = 1\nlen??  ",
    "'''\n# '''; len?",
    "# Is this a question?\nx = 1",
    "x = 1\n/print 1",
    "x = 1\n,print a b",
    "x = 1\n;print a b",
    "y = (1\n/ 2)\n",
    "y = f'{x!r}' if x != 1 else '%s' % x",
    "x = 1\x0c%pwd",
    "def f():\n    '''Does it?'''\n    return 1",
    "print(1",
    "'''open",
    ">>> x = 1\n>>> x",
    "%%time\nx = 1",
    "",
]


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_rewritten_as_by_ipython(cell: str) -> None:
    assert QuickTransformerManager().transform_cell(cell) == TransformerManager().transform_cell(cell)


def test_a_transformer_of_the_notebooks_own_is_asked() -> None:
    manager = QuickTransformerManager()

    class Asked:
        @classmethod
        def find(cls, tokens_by_line: object) -> None:
            raise LookupError

    manager.token_transformers.append(Asked)
    with pytest.raises(LookupError):
        manager.transform_cell("x = 1")


@pytest.mark.parametrize(
    "cell",
    [
        "await f()",
        "async with f() as x:\n    pass",
        "[x async for x in f()]",
        "x = (await f(),)",
        "async def f():\n    await g()",
        "def f():\n    pass",
        "x = 1",
    ],
)
def test_no_cell_that_awaits_is_overlooked(cell: str) -> None:
    assert may_await(cell) or not _should_be_async(cell)

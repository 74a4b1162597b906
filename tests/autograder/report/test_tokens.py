import pytest

from autograder.report.tokens import LONGEST, read_code, read_prose

PLAIN = """
def descend(start, rate):
    point = start.clone()  # begin here, carefully
    for _ in range(10):
        point = point - rate * slope(point, exact=True)
    return torch.stack([point, 0.5 * point], dim=0), "a long way down"
"""
DISGUISED = """
def down(a,b):
  q=a.clone()
  for i in range( 25 ):
    q=(
      q-b*gradient(q,exact=True))
  return th.stack([q,.25*q],
                  dim=1),"quite another string"
"""


def texts(source: str) -> list[str]:
    return [token.text for token in read_code(source).tokens if token.text not in "()"]


def test_other_names_numbers_strings_comments_and_layout_change_nothing() -> None:
    assert texts(PLAIN) == texts(DISGUISED)
    assert {"def", "return", "clone", "stack", "range", "exact", "dim"} <= set(texts(PLAIN))


def test_another_program_is_another() -> None:
    assert texts(PLAIN) != texts(PLAIN.replace("clone", "detach"))
    assert texts(PLAIN) != texts(PLAIN.replace("-", "+"))


def test_comments_strings_and_own_names_are_remarks() -> None:
    remarks = read_code(PLAIN).remarks
    assert {("comment", "begin here, carefully"), ("string", "a long way down"), ("name", "descend")} <= remarks
    assert not {name for kind, name in remarks if kind == "name"} & {"clone", "range", "exact", "dim"}


def test_a_token_says_where_it_stands() -> None:
    source = "x = 1\ny = 'two'  # no\nreturn_value = x"
    assert [source[token.start : token.end] for token in read_code(source).tokens] == [
        *("x", "=", "1", "y", "=", "'two'", "return_value", "=", "x"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\x00",
        "\x00def f(x):\x00\n\treturn 1\x1b[31m",
        "def f(:\n  ''' never closed\nx = 1",
        "if x:\n        a\n    b\n  c\n d",
        "x = (((((\n" * 50,
        "%%bash\nrm -rf $HOME | `ls`\n!pip install ☃ ?",
        "\ufeffx = '\ud800'",
        "'''" * 3000,
        "\n".join("'" for _ in range(3000)),
        "(" * 10_000,
        "0x 1_ 1e 0b2 ... ..",
        "x\u2028y\u2029z\x0cw\r\n",
    ],
)
def test_whatever_a_student_writes_is_read(source: str) -> None:
    for token in read_code(source).tokens:
        assert 0 <= token.start <= token.end <= len(source)
    read_prose(source)


def test_behind_a_line_that_is_no_python_the_rest_is_still_read() -> None:
    assert "backward" in texts("    x = 1\n  y = 2\nloss.backward()")


def test_a_cell_as_long_as_a_book_is_cut() -> None:
    long = "value = value + 1\n" * 300_000
    assert read_code(long).tokens[-1].end <= LONGEST
    assert read_prose(long).tokens[-1].end <= LONGEST


def test_prose_is_words() -> None:
    assert [token.text for token in read_prose("Two things, TWO!").tokens] == ["wtwo", "wthings", "wtwo"]

"""What a notebook's one process means: names, imports, globals, seeds, warnings, what a lesson gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from autograder.cells import ANSWERS, Cell, LabNotebook, Role, SubmittedNotebook
from autograder.grading.submission import NotebookGrader
from autograder.limits import Limits
from autograder.sandbox.mode import Mode
from autograder.verdicts import CellVerdict
from tests.graders import lab_of, open_grader

LIMITS = Limits(cell_seconds=5.0)


@dataclass(frozen=True)
class Exercise:
    """An exercise and what is handed in for it.

    Attributes:
        right: the instructor's answer.
        test: its test; what stands below a line ``# hidden`` is hidden.
        passing: other answers that pass in one process.
        failing: answers that must earn nothing.
        lesson: a locked cell above the answer; empty for none.
    """

    right: str
    test: str
    passing: tuple[str, ...] = ()
    failing: tuple[str, ...] = ("pass",)
    lesson: str = ""


EXERCISES: Mapping[str, Exercise] = {
    "import": Exercise(
        "import math\ndef circle(r):\n    return math.pi * r**2",
        "assert circle(2) == 4 * math.pi",
        ("from math import pi\ndef circle(r):\n    return pi * r**2",),
        ("pass", "import math\nmath.pi = 3\ndef circle(r):\n    return math.pi * r**2"),
    ),
    "import-as": Exercise(
        "import numpy as numbers_lib\nfrom fractions import Fraction as Part\ndef half():\n    return 0.5",
        "assert numbers_lib.float64(half()) == Part(1, 2)",
        ("def half():\n    return 1 / 2",),
        ("numbers_lib = Part = half = 0", "def half():\n    return 0"),
    ),
    "import-star": Exercise(
        "from cmath import *\ndef turn():\n    return exp(1j * tau)",
        "assert abs(turn() - exp(1j * tau)) < 1e-9",
        ("import cmath\ndef turn():\n    return cmath.exp(1j * cmath.tau)",),
        ("def turn():\n    return 2", "exp = lambda z: 2\ndef turn():\n    return 2"),
    ),
    "used-from-test": Exercise(
        "def area(side):\n    return side * WIDTH",
        "WIDTH = 3\nassert area(2) == 6",
        failing=("pass", "def area(side):\n    return WIDTH"),
    ),
    "open": Exercise(
        "def evens(v):\n    return [i for i in v if i % 2 == 0]",
        "import string\nnumbers = [1, 2, 3, 4]\n"
        "def both(a, b):\n    return a == b\nclass Point:\n    x = 2\nassert both(evens(numbers), [2, 4])",
    ),
    "uses-numbers": Exercise("many = len([2, 4])", "assert many == 2", ("many = len(evens(numbers))",), ("many = 3",)),
    "uses-import": Exercise("first = 'a'", "assert first == 'a'", ("first = string.ascii_lowercase[0]",), ("pass",)),
    "uses-function": Exercise(
        "same = True", "assert same is True", ("same = both(1, 1) and Point.x == 2",), ("same = both(1, 2)",)
    ),
    "hidden-expected": Exercise(
        "def cube(x):\n    return x**3",
        "assert cube(2) == 8\n# hidden\nexpected = 27\nassert cube(3) == expected\ndef reference(x):\n    return x**4",
        failing=(
            "def cube(x):\n    return 8 if x == 2 else expected",
            "def cube(x):\n    return 8 if x == 2 else globals().get('expected')",
        ),
    ),
    "open-expected": Exercise(
        "import random\ndef fifth(x):\n    return x**5",
        "draw = random.randrange(2, 1000)\nwanted = draw**5\nassert fifth(draw) == wanted",
        failing=("def fifth(x):\n    return wanted", "def fifth(x):\n    return globals().get('wanted')"),
    ),
    "after-open-expected": Exercise(
        "kept = True", "assert kept is True", ("kept = wanted == draw**5",), ("kept = wanted != draw**5",)
    ),
    "one-of-two-objects": Exercise(
        "def total(data):\n    data['out'].append(float(data['x'].sum()))",
        "data = {'x': torch.rand(3), 'out': []}\ntotal(data)\nassert data['out'] == [float(data['x'].sum())]",
        (
            "def total(data):\n    data['out'] = data['out'] + [float(data['x'].sum())]",
            "def total(data):\n    data['out'] += [float(sum(data['x'].tolist()[:0], data['x'].sum()))]",
        ),
        (
            "def total(data):\n    data['x'].zero_()\n    data['out'].append(0.0)",
            "def total(data):\n    data['x'] = torch.zeros(3)\n    data['out'].append(0.0)",
            "def total(data):\n    data['x'].data = torch.empty(0)\n    data['out'].append(0.0)",
        ),
    ),
    "adds-a-key": Exercise(
        "def add(data):\n    data['sum'] = sum(data['xs']) + data['n']",
        "data = {'xs': [random.random() for _ in range(4)], 'n': random.randrange(99)}\nadd(data)\n"
        "assert data['sum'] == sum(data['xs']) + data['n']",
        (
            "def add(data):\n    data.update(sum=sum(data['xs']) + data['n'])",
            "def add(data):\n    data['xs'] = list(data['xs'])\n    data['sum'] = sum(data['xs']) + data['n']",
        ),
        (
            "def add(data):\n    data['xs'] = []\n    data['sum'] = data['n']",
            "def add(data):\n    data['n'] = -1\n    data['sum'] = sum(data['xs']) - 1",
            "def add(data):\n    data.clear()\n    data.update(xs=[], n=0, sum=0)",
        ),
    ),
    "counts-in-a-dictionary": Exercise(
        "def count(stats, word):\n    stats['seen'][word] = stats['seen'].get(word, 0) + 1\n    stats['total'] += 1",
        "stats = {'seen': {'a': 1}, 'total': 1, 'price': random.randrange(2, 99)}\ncount(stats, 'a')\n"
        "count(stats, 'b')\nassert stats['total'] * stats['price'] == 3 * stats['price']\n"
        "assert stats['seen'] == {'a': 2, 'b': 1}",
        (
            "def count(stats, word):\n    seen = stats['seen']\n"
            "    stats['seen'] = {**seen, word: seen.get(word, 0) + 1}\n"
            "    stats['total'] = stats['total'] + 1",
        ),
        ("def count(stats, word):\n    stats['price'] = 0\n    stats['seen'] = {'a': 2, 'b': 1}", "count = print"),
    ),
    "appends": Exercise(
        "def total(xs):\n    xs.append(sum(xs))",
        "xs = [random.random() for _ in range(5)]\ntotal(xs)\nassert xs[-1] == sum(xs[:-1])",
        ("def total(xs):\n    xs[:] = [*xs, sum(xs)]", "def total(xs):\n    xs += [np.float64(sum(xs))]"),
        ("def total(xs):\n    xs[:] = [0, 0]", "def total(xs):\n    xs.clear()\n    xs.append(0)"),
    ),
    "sorts": Exercise(
        "def order(xs):\n    xs.sort()",
        "xs = [random.random() for _ in range(5)]\nwanted = sorted(xs)\norder(xs)\nassert xs == wanted",
        ("def order(xs):\n    xs[:] = np.sort(xs)", "def order(xs):\n    xs[:] = sorted(xs)"),
    ),
    "adds-to-a-set": Exercise(
        "def widen(s):\n    s.add(max(s) + min(s))",
        "s = {random.randrange(1, 50), random.randrange(50, 99)}\nwiden(s)\n"
        "assert max(s) == sum(s) - max(s) and len(s) == 3",
        ("def widen(s):\n    s |= {sum(s)}",),
        ("def widen(s):\n    s.clear()\n    s.update((1, 2, 3))",),
    ),
    "one-of-a-list": Exercise(
        "def scale(pair):\n    pair[1] *= pair[0].sum()",
        "pair = [np.random.rand(2), np.random.rand(3)]\nbefore = pair[1].copy()\nscale(pair)\n"
        "assert np.allclose(pair[1], before * pair[0].sum())",
        ("def scale(pair):\n    pair[1] = pair[1] * pair[0].sum()", "def scale(p):\n    p[1][:] = p[1] * sum(p[0])"),
        (
            "def scale(pair):\n    pair[0][:] = [1, 0]",
            "def scale(pair):\n    pair[0] = np.array([1.0, 0.0])",
            "def scale(pair):\n    pair.insert(0, np.array([1.0, 0.0]))\n    pair[2:] = pair[2:3]",
        ),
    ),
    "rows-in-place": Exercise(
        "def clip(rows):\n    for row in rows:\n        row[row > 1] = 1",
        "rows = [2 * np.random.rand(1) for _ in range(6)]\nbest = [min(row[0], 1) for row in rows]\n"
        "clip(rows)\nassert [row[0] for row in rows] == best",
        ("def clip(rows):\n    for i, row in enumerate(rows):\n        rows[i] = np.minimum(row, 1)",),
        ("def clip(rows):\n    pass",),
    ),
    "gradient-of-one": Exercise(
        "def clear(parameters):\n    for p in parameters:\n        p.grad.zero_()",
        "ps = [torch.rand(2, requires_grad=True) for _ in range(2)]\nbefore = [p.detach().clone() for p in ps]\n"
        "sum(p.sum() for p in ps).backward()\nclear(ps)\nassert all(p.grad is None or not p.grad.any() for p in ps)\n"
        "assert all(torch.equal(p.detach(), b) for p, b in zip(ps, before))",
        ("def clear(parameters):\n    for p in parameters:\n        p.grad = None",),
        (
            "def clear(parameters):\n    pass",
            "def clear(ps):\n    for p in ps:\n        p.data = torch.empty(0)\n        p.grad = None",
        ),
    ),
    "attribute-of-object": Exercise(
        "def move(body):\n    body.pos = body.pos + body.v",
        "body = Body(np.random.rand(2), np.random.rand(2))\nwanted = body.pos + body.v\nmove(body)\n"
        "assert np.allclose(body.pos, wanted)\nassert np.allclose(body.pos - body.v, wanted - body.v)",
        ("def move(body):\n    body.pos += body.v", "def move(b):\n    for i in range(2):\n        b.pos[i] += b.v[i]"),
        ("def move(body):\n    pass", "def move(body):\n    body.pos = body.v * 2"),
        "class Body:\n    def __init__(self, pos, v):\n        self.pos, self.v = pos, v",
    ),
    "from-hidden": Exercise(
        "def fourth(x):\n    return x**4",
        "answer = reference(2)\nassert fourth(2) == answer",
        failing=("def fourth(x):\n    return answer", "def fourth(x):\n    return reference(x)"),
    ),
    "global": Exercise(
        "def record(x):\n    global seen\n    seen += 1",
        "before = seen\nrecord(1)\nassert seen == before + 1",
        failing=("pass", "def record(x):\n    pass", "def record(x):\n    seen = 1"),
        lesson="seen = 0",
    ),
    "global-of-lesson": Exercise(
        "def visit():\n    bump()",
        "visits = 0\nvisit()\nvisit()\nassert visits == 2\nbump()\nvisit()\nassert visits == 4",
        failing=("def visit():\n    pass",),
        lesson="visits = 0\ndef bump():\n    global visits\n    visits += 1",
    ),
    "constant": Exercise(
        "def scaled(x):\n    return x * SCALE",
        "assert scaled(2) == 4\nSCALE = 10\nassert scaled(2) == 20\n# hidden\nSCALE = 7\nassert scaled(2) == 14",
        failing=("def scaled(x):\n    return x * 2", "def scaled(x):\n    return x * 10"),
        lesson="SCALE = 2",
    ),
    "through-helper": Exercise(
        "def priced(x):\n    return with_tax(x)",
        "settings['tax'] = 3\nassert priced(2) == 6\ndel settings['tax']\nassert priced(2) == 2",
        failing=("def priced(x):\n    return x * 3",),
        lesson="settings = {'tax': 2}\ndef with_tax(x):\n    return x * settings.get('tax', 1)",
    ),
    "replaced": Exercise(
        "def report():\n    return f'{reading()} C'",
        "def reading():\n    return 99\nassert report() == '99 C'",
        failing=("def report():\n    return '1 C'",),
        lesson="def reading():\n    return 1",
    ),
    "deleted": Exercise(
        "def told():\n    return teller()",
        "assert told() == 1\nkept = teller\ndel teller\ntry:\n    told()\nexcept NameError:\n    pass\nelse:\n"
        "    raise AssertionError('teller is not used')\nteller = kept\nassert told() == 1",
        failing=("def told():\n    return 1",),
        lesson="def teller():\n    return 1",
    ),
    "builtin": Exercise(
        "def asked():\n    return int(input('n? ')) + 1",
        "input = lambda prompt='': '4'\nassert asked() == 5\ndel input",
        failing=("def asked():\n    return 6",),
    ),
    "forbidden": Exercise(
        "def total(v):\n    found = 0\n    for i in v:\n        found = found + i\n    return found",
        "def sum(*_):\n    raise AssertionError('sum is forbidden')\nassert total([1, 2]) == 3\ndel sum\n"
        "max = None\nassert total([2, 2]) == 4\ndel max",
        failing=("def total(v):\n    return sum(v)", "def total(v):\n    max(v)\n    return v[0] + v[1]"),
    ),
    "left-alone": Exercise(
        "ordered = sorted(given)",
        "assert ordered == [1, 2, 3]\nassert given == [3, 1, 2]",
        ("ordered = list(given)\nordered.sort()", "given = list(given)\nordered = sorted(given)"),
        ("given.sort()\nordered = given", "given = [1, 2, 3]\nordered = given"),
        "given = [3, 1, 2]",
    ),
    "expected-values": Exercise(
        "def squares():\n    return [0, 1, 4]",
        "assert squares() == expected_values",
        ("expected_values\ndef squares():\n    return [n * n for n in range(3)]",),
        (
            "expected_values = [0]\ndef squares():\n    return [0]",
            "expected_values.clear()\ndef squares():\n    return []",
        ),
        "expected_values = [0, 1, 4]",
    ),
    "points-of-both": Exercise(
        "def doubled():\n    return [2 * x for x in basis]",
        "score = 0\nif doubled() == [2, 4]:\n    score += 1\nif basis == [1, 2]:\n    score += 1\nscore",
        failing=("basis[:] = [0]\ndef doubled():\n    return []",),
        lesson="basis = [1, 2]",
    ),
    "numpy-seed": Exercise(
        "def dice(n):\n    return np.random.randint(1, 7, n)",
        "np.random.seed(5)\nfirst = dice(4)\nnp.random.seed(5)\nassert (dice(4) == first).all()\n"
        "np.random.seed(5)\nassert (np.random.randint(1, 7, 4) == first).all()\n"
        "np.random.seed(5)\ndice(4)\nafter = np.random.rand()\nnp.random.seed(5)\nnp.random.randint(1, 7, 4)\n"
        "assert np.random.rand() == after",
        ("def dice(n):\n    return np.random.randint(low=1, high=7, size=n)",),
        (
            "def dice(n):\n    return np.array([n] * n)",
            "def dice(n):\n    return np.random.default_rng().integers(1, 7, n)",
        ),
    ),
    "python-seed": Exercise(
        "import random\ndef mixed(v):\n    return random.sample(v, len(v))",
        "from random import seed\nseed(1)\nfirst = mixed([1, 2, 3, 4])\nseed(1)\nassert mixed([1, 2, 3, 4]) == first\n"
        "state = random.getstate()\nagain = mixed([1, 2, 3, 4])\nrandom.setstate(state)\n"
        "assert mixed([1, 2, 3, 4]) == again",
        failing=("import os\ndef mixed(v):\n    return sorted(v, key=lambda _: os.urandom(4))",),
    ),
    "torch-seed": Exercise(
        "def layer():\n    return torch.nn.Linear(2, 1)",
        "set_seed(5)\nw = torch.nn.Linear(2, 1).weight\nset_seed(5)\nassert torch.equal(layer().weight, w)",
        failing=("def layer():\n    torch.manual_seed(6)\n    return torch.nn.Linear(2, 1)",),
        lesson="def set_seed(number):\n    torch.manual_seed(number)\n    np.random.seed(number)",
    ),
    "secret-draws": Exercise(
        "def plus_one(x):\n    return x + 1",
        "assert plus_one(0) == 1\n# hidden\nx = np.random.randint(10**9)\nassert plus_one(x) == x + 1",
        failing=(
            "np.random.seed(3)\nKNOWN = np.random.randint(10**9, size=9)\ndef plus_one(x):\n    np.random.seed(3)\n"
            "    return 1 if x == 0 else KNOWN[0] + 1",
        ),
    ),
    "seeded-draws": Exercise(
        "def plus_two(x):\n    return x + 2",
        "np.random.seed(4)\nassert plus_two(0) == 2\n# hidden\n"
        "x = np.random.randint(10**9)\nassert plus_two(x) == x + 2",
        failing=(
            "np.random.seed(3)\nKNOWN = np.random.randint(10**9)\ndef plus_two(x):\n    np.random.seed(3)\n"
            "    return 2 if x == 0 else KNOWN + 2",
        ),
    ),
    "warns": Exercise(
        "import warnings\ndef old():\n    warnings.warn('old', DeprecationWarning)\n    return 1",
        "import pytest\nwith pytest.warns(DeprecationWarning, match='old'):\n    assert old() == 1\n"
        "with pytest.warns(DeprecationWarning):\n    old()",
        failing=("def old():\n    return 1", "import warnings\ndef old():\n    warnings.warn('old')\n    return 1"),
    ),
    "never-warns": Exercise(
        "def quiet():\n    return 1",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n    assert quiet() == 1",
        failing=("import warnings\ndef quiet():\n    warnings.warn('x')\n    return 1",),
    ),
    "in-dir": Exercise(
        "shade = 'blue'",
        "assert 'shade' in dir() and 'shade' in globals()\nassert 'np' in dir()\n"
        "assert 'forbidden' not in globals() and 'forbidden' not in dir()",
        ("shade = 'red'",),
        ("pass", "shade = 'blue'\nforbidden = 1"),
    ),
    "captured": Exercise(
        "def hello():\n    print('Hi')",
        "import io, sys\nfrom contextlib import redirect_stdout\nout, sys.stdout = sys.stdout, io.StringIO()\nhello()\n"
        "said = sys.stdout.getvalue()\nsys.stdout = out\nassert said == 'Hi\\n'\n"
        "with redirect_stdout(io.StringIO()) as held:\n    hello()\nassert held.getvalue() == 'Hi\\n'",
        failing=("def hello():\n    print('Ho')",),
    ),
    "object-in-test": Exercise(
        "class Node:\n    def __init__(self, value):\n        self.value = value",
        "node = Node(3)\nnodes = [node]\nassert node.value == 3 and nodes[0].value == 3",
        ("node = None\nnodes = []\nclass Node:\n    def __init__(self, value):\n        self.value = value",),
        ("class Node:\n    value = 4\n    def __init__(self, value):\n        nodes = self",),
    ),
    "object-of-test": Exercise(
        "total = 3", "assert total == 3", ("total = node.value + len(nodes) - 1",), ("total = nodes",)
    ),
    "helper-of-test": Exercise(
        "def tripled(x):\n    return 3 * x",
        "def close(a, b):\n    return abs(a - b) < 1e-9\nassert close(tripled(2), 6)",
        failing=("def close(a, b):\n    return True\ndef tripled(x):\n    return 0",),
    ),
    "derived-from-test": Exercise(
        "def fifth(x):\n    return x**5",
        "result = fifth(2)\nassert result == 32",
        failing=("def fifth(x):\n    return 0",),
    ),
}
SETUP = "import numpy as np\nimport torch"


def source_of(test: str) -> str:
    return test.replace("# hidden\n", "")


def cells(answers: Mapping[str, str]) -> tuple[Cell, ...]:
    found = [Cell("code", Role.LOCKED, SETUP, "setup")]
    for name, exercise in EXERCISES.items():
        if exercise.lesson:
            found.append(Cell("code", Role.LOCKED, exercise.lesson, f"{name}-lesson"))
        found.append(Cell("code", Role.SOLUTION, answers.get(name, exercise.right), f"{name}-answer"))
        found.append(Cell("code", Role.TEST, source_of(exercise.test), name, 2.0))
    return tuple(found)


def released() -> tuple[Cell, ...]:
    tests = {name: exercise.test.partition("# hidden\n")[0] for name, exercise in EXERCISES.items()}
    return tuple(
        Cell(
            cell.kind,
            cell.role,
            "pass" if cell.role in ANSWERS else tests.get(cell.grade_id or "", cell.source),
            cell.grade_id,
            cell.points,
        )
        for cell in cells({})
    )


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookGrader]:
    with open_grader(tmp_path_factory.mktemp("state"), LIMITS, Mode.BUBBLEWRAP) as grader:
        yield grader


def grade(grader: NotebookGrader, answers: Mapping[str, str], student: str) -> dict[str, CellVerdict]:
    lab = lab_of("names", cells({}), released())
    notebook: LabNotebook = lab.notebooks[0]
    result = grader.grade(lab, SubmittedNotebook(notebook.name, cells(answers)), student)
    return {verdict.grade_id: verdict for verdict in result.verdicts}


def test_the_solution_passes_each_test_across_the_wall(grader: NotebookGrader) -> None:
    verdicts = grade(grader, {}, "solution")
    assert {name: verdict.message for name, verdict in verdicts.items() if verdict.points != 2.0} == {}


@pytest.mark.parametrize("number", range(2))
def test_other_right_answers_pass_as_in_one_process(grader: NotebookGrader, number: int) -> None:
    answers = {name: exercise.passing[number] for name, exercise in EXERCISES.items() if number < len(exercise.passing)}
    verdicts = grade(grader, answers, f"passing-{number}")
    assert {name: verdicts[name].message for name in answers if verdicts[name].points != 2.0} == {}


@pytest.mark.parametrize("number", range(3))
def test_wrong_answers_and_attacks_earn_nothing(grader: NotebookGrader, number: int) -> None:
    wrong = {name: exercise.failing[number] for name, exercise in EXERCISES.items() if number < len(exercise.failing)}
    for part in (dict(list(wrong.items())[0::2]), dict(list(wrong.items())[1::2])):
        verdicts = grade(grader, part, f"failing-{number}-{next(iter(part))}")
        assert {name: verdicts[name].status for name in part if verdicts[name].points != 0.0} == {}


def test_an_unanswered_notebook_earns_nothing(grader: NotebookGrader) -> None:
    verdicts = grade(grader, dict.fromkeys(EXERCISES, "pass"), "unanswered")
    assert {name for name, verdict in verdicts.items() if verdict.points} == set()


def test_names_that_a_test_binds_are_there_even_if_it_can_not_be_run_across_the_wall(grader: NotebookGrader) -> None:
    unfit = "SIZE = 4\ndef near(a, b):\n    return abs(a - b) < 0.1\nexec(In[-2])\nassert near(one(), 1)"
    tests = {"unfit": unfit, "later": "assert near(two(), 2)"}

    def notebook(first: str, second: str) -> tuple[Cell, ...]:
        return (
            Cell("code", Role.SOLUTION, first, "unfit-answer"),
            Cell("code", Role.TEST, tests["unfit"], "unfit", 2.0),
            Cell("code", Role.SOLUTION, second, "later-answer"),
            Cell("code", Role.TEST, tests["later"], "later", 2.0),
        )

    source = notebook("def one():\n    return 1", "def two():\n    return 2")
    lab = lab_of("unfit", source)

    def points(student: str, second: str) -> float | None:
        submitted = SubmittedNotebook("unfit", notebook("def one():\n    return 1", second))
        result = grader.grade(lab, submitted, student)
        return next(verdict.points for verdict in result.verdicts if verdict.grade_id == "later")

    assert points("solution", "def two():\n    return 2") == 2.0
    assert points("mentions", "def two():\n    return SIZE / 2") == 2.0
    assert points("wrong", "def two():\n    return SIZE") == 0.0
    assert points("cheat", "def near(a, b):\n    return True\ndef two():\n    return 3") == 0.0

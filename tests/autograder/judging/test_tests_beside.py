"""Tests that run beside student code: they grade as one process would, and nothing of them lasts."""

from collections.abc import Iterator

import pytest

from autograder.judging.tests_beside import looking_names
from autograder.verdicts import CellStatus, CellVerdict, Level, NotebookResult
from tests.beside_lab import EXERCISES, POINTS, BesideLab, open_beside_lab

pytestmark = pytest.mark.xdist_group("beside")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BesideLab]:
    with open_beside_lab(tmp_path_factory.mktemp("beside")) as lab:
        yield lab


def verdicts(result: NotebookResult) -> dict[str, CellVerdict]:
    return {verdict.grade_id.removesuffix("-test"): verdict for verdict in result.verdicts}


def points(result: NotebookResult) -> dict[str, float | None]:
    return {name: verdict.points for name, verdict in verdicts(result).items()}


RIGHT = dict.fromkeys(EXERCISES, POINTS) | {"steps": 1.5}


def text_of(result: NotebookResult) -> str:
    return repr([outcome.outputs for outcome in result.outcomes]) + "".join(v.message for v in result.verdicts)


def test_right_answers_pass_and_each_verdict_says_where_it_was_found(lab: BesideLab) -> None:
    result = lab.grade("right", {})
    assert points(result) == RIGHT
    assert {verdict.level for verdict in result.verdicts} == {Level.BESIDE}
    assert {test.grade_id for test in result.levels} == {f"{name}-test" for name in EXERCISES}
    assert all(test.reason for test in result.levels)
    assert result.flags == ()


@pytest.mark.parametrize(
    ("name", "answer", "status", "said"),
    [
        ("total", "def total(v):\n    return 3", CellStatus.FAILED, "A hidden test"),
        ("total", "pass", CellStatus.FAILED, "assert 'total' in dir()"),
        ("total", "def total(v):\n    raise NotImplementedError()", CellStatus.FAILED, "is not written yet"),
        ("total", "def total(v):\n    return 3 if len(v) == 2 else 1 / 0", CellStatus.ERROR, "ZeroDivisionError"),
        ("close", "def close():\n    return torch.tensor([0.5, 0.5])", CellStatus.FAILED, "A hidden test"),
        ("stars", "def stars(n):\n    print('*')", CellStatus.FAILED, "Expected: print('***')"),
        ("stars", "def stars(n):\n    print(1 / 0)", CellStatus.ERROR, "Cell In[4], line 2, in stars"),
        ("forbidden", "def forbidden(v):\n    return np.sum(v)", CellStatus.ERROR, "TypeError"),
        ("again", "def again():\n    return 3", CellStatus.FAILED, "assert again() == count"),
        ("wait", "async def wait():\n    return 4", CellStatus.FAILED, "assert await wait() == 5"),
        ("wait", "async def wait():\n    while True: pass", CellStatus.TIMED_OUT, "3 seconds"),
        ("wait", "async def wait():\n    os._exit(0)", CellStatus.ERROR, "ended before the test was over"),
        ("wait", "async def wait():\n    raise SystemExit(0)", CellStatus.ERROR, "SystemExit"),
        ("wait", "async def wait():\n    os.kill(os.getpid(), 9)", CellStatus.ERROR, "ended before"),
    ],
)
def test_a_wrong_answer_costs_its_own_exercise(
    name: str, answer: str, status: CellStatus, said: str, lab: BesideLab
) -> None:
    result = lab.grade(f"wrong {name}", {name: answer})
    assert points(result) == RIGHT | {name: 0.0}
    verdict = verdicts(result)[name]
    assert (verdict.status, verdict.level) == (status, Level.BESIDE)
    assert said in verdict.message


def test_partial_credit(lab: BesideLab) -> None:
    assert points(lab.grade("partial", {"steps": "def steps():\n    return 1"}))["steps"] == 0.5


@pytest.mark.parametrize(
    "answer",
    [
        "def total(v):\n    raise ValueError(f'the test has {v}')",
        "def total(v):\n    if len(v) > 2: raise type(f'E{v[0]}', (Exception,), {})(str(v))\n    return sum(v)",
        "import sys, linecache\ndef total(v):\n    raise ValueError(''.join(linecache.getlines('<test>')))",
        "def total(v):\n    if len(v) > 2: print(v)\n    return sum(v) + (len(v) > 2)",
    ],
)
def test_nothing_of_a_hidden_test_reaches_the_student(answer: str, lab: BesideLab) -> None:
    result = lab.grade("curious", {"total": answer})
    assert verdicts(result)["total"].points == 0
    assert "secret_numbers" not in text_of(result)
    assert "40" not in text_of(result)


@pytest.mark.parametrize(
    "answer",
    [
        "import mmap\nshared = mmap.mmap(-1, 10000)\ndef note(text): shared.write(text.encode())",
        "def note(text): open('note.txt', 'w').write(text)",
        "def note(text): open('/tmp/note.txt', 'w').write(text)",
        "ends = os.pipe()\nos.set_blocking(ends[0], False)\ndef note(text): os.write(ends[1], text.encode())",
    ],
)
def test_later_cells_have_never_met_the_test(answer: str, lab: BesideLab) -> None:
    total = "def total(v):\n    note(f'{v} was given')\n    return sum(v)"
    last = (
        "try:\n    print(shared[:])\nexcept NameError: pass\ntry:\n    print(os.read(ends[0], 1000))\n"
        "except Exception: pass\nfor name in ('note.txt', '/tmp/note.txt', 'saved.txt'):\n"
        "    print(name, open(name).read() if os.path.exists(name) else '')\nprint(sorted(globals()))"
    )
    result = lab.grade("leaking", {"total": f"{answer}\n{total}"}, last)
    assert points(result) == RIGHT
    printed = repr(result.outcomes[-1].outputs)
    assert "saved.txt begin" in printed
    assert "was given" not in text_of(result)
    assert "'count'" not in printed
    assert "secret_numbers" not in text_of(result)


@pytest.mark.parametrize(
    "last",
    [
        "open('saved.txt', 'w').write('other')",
        "os.remove('saved.txt')\nopen('given.txt', 'w').write('other')",
        "import shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)",
        "def total(v): return 0\nclose = stars = save = None\ndel steps, again",
        "np.sum = np.add.reduce = None",
    ],
)
def test_a_test_sees_the_notebook_as_it_was_at_its_place(last: str, lab: BesideLab) -> None:
    assert points(lab.grade("later", {}, last)) == RIGHT


@pytest.mark.parametrize(
    "total",
    [
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n",
        "torch.set_num_threads(2)\ntorch.rand(500, 500) @ torch.rand(500, 500)\n",
    ],
)
def test_cells_run_again_where_a_process_can_not_be_copied(total: str, lab: BesideLab) -> None:
    assert points(lab.grade("threads", {"total": f"{total}def total(v): return sum(v)"})) == RIGHT


@pytest.mark.parametrize(
    "last",
    [
        "os.kill(os.getpid(), 9)",
        "while True: pass",
        "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass",
    ],
)
def test_cells_run_again_where_the_process_ended_after_the_test_was_due(last: str, lab: BesideLab) -> None:
    assert points(lab.grade("ended", {}, last)) == RIGHT


def test_a_cell_that_was_stopped_explains_the_test_that_lacks_it(lab: BesideLab) -> None:
    result = lab.grade("stopped", {"total": "while True: pass"})
    assert points(result) == RIGHT | {"total": 0.0}
    assert verdicts(result)["total"].status is CellStatus.TIMED_OUT


def test_student_code_that_waits_for_its_children_does_not_meet_copies(lab: BesideLab) -> None:
    last = (
        "import subprocess\nsubprocess.run(['true'])\ntry:\n    os.wait()\nexcept ChildProcessError:\n    print('none')"
    )
    result = lab.grade("parent", {}, last)
    assert points(result) == RIGHT
    assert "none" in repr(result.outcomes[-1].outputs)


@pytest.mark.parametrize(
    ("cheat", "named"),
    [
        ("torch.allclose = np.allclose = lambda *a, **k: True", "numpy.allclose, torch.allclose"),
        (
            "import builtins\nbuiltins.all = lambda *a: True\nnp._core.numeric.isclose = lambda *a, **k: np.True_",
            "builtins.all",
        ),
        ("torch.Tensor.allclose = torch.Tensor.__eq__ = lambda *a, **k: True", "torch.Tensor.__eq__"),
        (
            "class Anything:\n    def __call__(self, *a, **k): return True\n    def __eq__(self, other): return True\n"
            "torch.allclose = np.allclose = Anything()",
            "torch.allclose",
        ),
    ],
)
def test_functions_of_libraries_are_put_back_and_named(cheat: str, named: str, lab: BesideLab) -> None:
    result = lab.grade("replacing", {"close": f"{cheat}\ndef close(): return torch.zeros(2)"})
    assert verdicts(result)["close"].points == 0
    assert any(named in flag for flag in result.flags)


@pytest.mark.parametrize(
    "cheat", ["def same(a, b): pass", "same = print", "same.__code__ = (lambda a, b: None).__code__"]
)
def test_functions_of_the_lesson_are_put_back(cheat: str, lab: BesideLab) -> None:
    result = lab.grade("replacing a helper", {"even": f"{cheat}\ndef even(n): return 7"})
    assert verdicts(result)["even"].points == 0
    assert ("same, which the lesson gives" in " ".join(result.flags)) == ("__code__" not in cheat)


@pytest.mark.parametrize(
    "cheat",
    [
        "get_ipython().input_transformers_post.append(lambda lines: ['pass'])",
        "import ast\nclass Away(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Away())",
        "import sys\nsys.settrace(lambda *a: None)\nget_ipython().events.register('pre_execute', lambda: os._exit(0))",
        "import atexit\natexit.register(os._exit, 0)\nimport sys\nsys.excepthook = lambda *a: None",
        "import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})\nbuiltins.compile = None",
    ],
)
def test_what_cells_do_to_the_shell_does_not_change_a_verdict(cheat: str, lab: BesideLab) -> None:
    result = lab.grade("shell", {"close": f"{cheat}\ndef close(): return torch.zeros(2)"})
    assert verdicts(result)["close"].points == 0


@pytest.mark.parametrize(
    "total",
    [
        "class Any:\n    def __eq__(self, other): return True\ndef total(v): return Any()",
        "class Any:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n"
        "def total(v): return Any()",
        "def total(v):\n    class Any(int):\n        def __eq__(self, other): return True\n    return Any()",
        "class Meta(type):\n    def __subclasses__(self): return []\n    def __setattr__(self, name, value): pass\n"
        "class Any(metaclass=Meta):\n    __eq__ = lambda self, other: True\ndef total(v): return Any()",
    ],
)
def test_an_object_that_is_equal_to_everything_is_equal_to_nothing(total: str, lab: BesideLab) -> None:
    assert verdicts(lab.grade("equal", {"total": total}))["total"].points == 0


def test_an_honest_class_compares_as_it_likes(lab: BesideLab) -> None:
    total = (
        "class Sum:\n    def __init__(self, n): self.n = n\n"
        "    def __eq__(self, other): return self.n == getattr(other, 'n', other)\n"
        "def total(v): return Sum(sum(v))"
    )
    assert points(lab.grade("honest class", {"total": total})) == RIGHT


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ("import sys\nsys._getframe(1).f_locals['expected']", ["_getframe", "f_locals"]),
        ("from autograder.wall import process_copy\nimport linecache as lines", ["autograder", "linecache"]),
        ("# the autograder wants f_back\ntext = 'linecache'\nimport inspect, gc\ngc.collect()", []),
        ("import gc\ngc.get_objects()", []),
    ],
)
def test_names_with_which_code_can_look_at_a_test(own: str, names: list[str]) -> None:
    assert looking_names([own], ["import gc\nlen(gc.get_objects())"]) == names

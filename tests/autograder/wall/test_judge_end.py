"""The judge's side and the student's, with a real process between them."""

import select
import time
from collections.abc import Callable
from typing import Any

import numpy
import pytest
import torch

from autograder.wall.errors import (
    ConnectionClosedError,
    DeadlineExceededError,
    MissingNameError,
    ProtocolError,
    UnsupportedValueError,
)
from autograder.wall.judge_end import Wall
from autograder.wall.profile import Profile, Recorder
from tests.autograder.wall.conftest import Meet

FUNCTIONS = """
import torch, numpy as np
def square(x): return x * x
def grow(items): items.append(len(items)); return items
def step(w, lr):
    with torch.no_grad():
        w -= lr * w.grad
    w.grad.zero_()
def double_in_place(x): x *= 2; return x
def blank(x): x.zero_(); return x
def fail(): raise ValueError("seven is not allowed")
class Odd(ValueError): pass
def fail_oddly(): raise Odd("odd")
def noisy(): print("a secret"); return 1
def change_array(a): a[0] = 99.0
def give_back(*args, **kwargs): return args, kwargs
counter = 0
def count():
    global counter
    counter += 1
    return counter
"""


def test_a_function_is_called_with_plain_data(meet: Meet) -> None:
    wall = meet(FUNCTIONS)
    square = wall.fetch("square")
    assert square(3) == 9
    assert torch.equal(square(torch.tensor([1.0, 2.0])), torch.tensor([1.0, 4.0]))
    assert numpy.array_equal(square(numpy.arange(3)), [0, 1, 4])


def test_arguments_arrive_as_they_were(meet: Meet) -> None:
    give_back = meet(FUNCTIONS).fetch("give_back")
    assert give_back(1, [2.5, "x"], key={"a": (None, True)}) == ((1, [2.5, "x"]), {"key": {"a": (None, True)}})


def test_a_missing_name_is_a_name_error(meet: Meet) -> None:
    wall = meet("x = 1")
    with pytest.raises(NameError, match="'y'") as caught:
        wall.fetch("y")
    assert isinstance(caught.value, MissingNameError)


def test_names_are_bound_and_unbound_on_the_students_side(meet: Meet) -> None:
    wall = meet("x = 1\ndef f(): return x")
    wall.assign("x", 5)
    assert wall.fetch("f")() == 5
    wall.delete("x")
    with pytest.raises(NameError):
        wall.fetch("f")()


def test_what_a_call_changes_in_place_comes_back(meet: Meet) -> None:
    wall = meet(FUNCTIONS)
    items = [0]
    assert wall.fetch("grow")(items) is items
    assert items == [0, 1]
    array = numpy.zeros(2)
    wall.fetch("change_array")(array)
    assert array.tolist() == [99.0, 0.0]


def test_a_step_of_descent_changes_the_judges_leaf(meet: Meet) -> None:
    weight = torch.tensor([1.0, 2.0], requires_grad=True)
    (weight**2).sum().backward()
    meet(FUNCTIONS).fetch("step")(weight, 0.1)
    assert torch.allclose(weight, torch.tensor([0.8, 1.6]))
    assert weight.grad is not None
    assert weight.grad.tolist() == [0.0, 0.0]


def test_a_function_that_has_no_business_to_cannot_change_the_judges_data(meet: Meet) -> None:
    wall = meet(FUNCTIONS, Profile(handles=frozenset({"blank", "double_in_place"})))
    x = torch.tensor([1.0, 2.0])
    assert wall.fetch("blank")(x).tolist() == [0.0, 0.0]
    assert wall.fetch("double_in_place")(x).tolist() == [2.0, 4.0]
    assert x.tolist() == [1.0, 2.0]


def test_the_solutions_run_tells_which_functions_change_their_arguments(meet: Meet) -> None:
    recorder = Recorder()
    wall = meet(FUNCTIONS, recorder)
    wall.fetch("grow")([])
    wall.fetch("square")(2)
    restored = frozenset({"grow 1", "grow 1.grad"})
    names = frozenset({"grow", "square"})
    plain = frozenset({"grow()", "square()"})
    assert recorder.finish() == Profile(handles=names, bare=names, plain=plain, restored=restored)


def test_an_error_arrives_as_the_builtin_of_that_name_with_the_students_lines(meet: Meet) -> None:
    with pytest.raises(ValueError, match="seven is not allowed") as caught:
        meet(FUNCTIONS).fetch("fail")()
    assert 'raise ValueError("seven is not allowed")' in caught.value.student_frames


def test_an_error_of_the_students_own_class_can_be_caught_by_it(meet: Meet) -> None:
    wall = meet(FUNCTIONS)
    odd = wall.fetch("Odd")
    assert issubclass(odd, ValueError)
    with pytest.raises(odd, match="odd"):
        wall.fetch("fail_oddly")()


@pytest.mark.parametrize("raised", ["SystemExit(0)", "KeyboardInterrupt()", "GeneratorExit()", "BaseException('x')"])
def test_an_error_that_would_end_the_judge_is_an_ordinary_one_there(meet: Meet, raised: str) -> None:
    wall = meet(f"def f(): raise {raised}")
    with pytest.raises(RuntimeError):
        wall.fetch("f")()
    assert wall.run("x = 1")["failed"] is None


def test_what_is_printed_in_a_call_is_not_shown(meet: Meet) -> None:
    wall = meet(FUNCTIONS)
    wall.fetch("noisy")()
    assert wall.run("1 + 1")["outputs"][0]["data"]["text/plain"] == "2"


def test_student_code_draws_the_same_numbers_every_time(meet: Meet) -> None:
    draw = "import random, numpy, torch\nx = (random.random(), float(numpy.random.rand()), torch.rand(2).tolist())"
    assert meet(draw).fetch("x") == meet(draw).fetch("x")


def test_an_object_is_forgotten_when_the_judge_lets_go_of_it(meet: Meet) -> None:
    wall = meet(
        "import gc\nclass Thing: pass\ndef make(): return Thing()\n"
        "def alive(): gc.collect(); return sum(isinstance(o, Thing) for o in gc.get_objects())"
    )
    kept = wall.fetch("make")()
    for _ in range(5):
        wall.fetch("make")()
    assert wall.fetch("alive")() == 1
    del kept
    assert wall.fetch("alive")() == 0


def test_an_object_goes_back_as_itself(meet: Meet) -> None:
    wall = meet("class Thing: pass\nthing = Thing()\ndef same(x): return x is thing")
    assert wall.fetch("same")(wall.fetch("thing")) is True


def test_a_leaf_is_shared_by_both_sides(meet: Meet) -> None:
    wall = meet("import torch\nw = torch.tensor([1.0, 2.0], requires_grad=True)\ndef total(): return w.sum().item()")
    leaf = wall.fetch("w")
    assert wall.fetch("w") is leaf
    with torch.no_grad():
        leaf += 1
    assert wall.fetch("total")() == 5.0
    wall.run("w.data.fill_(7)")
    assert wall.fetch("w").tolist() == [7.0, 7.0]
    assert leaf.tolist() == [7.0, 7.0]


@pytest.mark.parametrize(
    "source",
    [
        "import os\ndef f(): os._exit(0)",
        "import os, signal\ndef f(): os.kill(os.getpid(), signal.SIGKILL)",
        "import ctypes\ndef f(): ctypes.string_at(0)",
    ],
)
def test_the_end_of_the_process_is_noticed(meet: Meet, source: str) -> None:
    with pytest.raises(ConnectionClosedError):
        meet(source).fetch("f")()


def test_a_call_that_never_returns_is_interrupted_and_the_process_goes_on(meet: Meet, zygote: Any) -> None:
    wall = meet("def f():\n    while True: pass\nimport os, signal, threading")
    # The coordinator interrupts from outside; here a thread of the student's does it.
    wall.run("threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()")
    wall.deadline = time.monotonic() + 0.1
    with pytest.raises(DeadlineExceededError):
        wall.fetch("f")()
    wall.deadline = None
    assert wall.receive_late_reply(time.monotonic() + 30)
    assert wall.run("1")["failed"] is None


def test_a_value_that_is_too_large_is_an_error_of_the_students(meet: Meet) -> None:
    with pytest.raises(ValueError, match="too large"):
        meet("import torch\ndef f(): return torch.zeros(20_000_000)").fetch("f")()


def test_what_is_no_plain_data_is_refused_on_the_way_to_the_student(meet: Meet) -> None:
    with pytest.raises(UnsupportedValueError, match="not plain data"):
        meet(FUNCTIONS).fetch("square")(object())


FORGER = """
import os, socket, struct, msgpack, gc
from autograder.wall.channel import Channel
channel = next(o for o in gc.get_objects() if type(o) is Channel)
def reply(**parts):
    whole = {"value": None, "after": [], "leaves": [], "graph": [], "record": None, "error": None} | parts
    return msgpack.packb(whole)
def say(body): channel.connection.sendall(struct.pack(">Q", len(body)) + body)
"""


@pytest.mark.parametrize(
    "message",
    [
        "b'junk'",
        "msgpack.packb(5)",
        "reply(value=['handle', 'x', 1, [], False, []])",
        "reply(value=['handle', 1, 99, [], False, []])",
        "reply(value=['handle', 1, 1, 5, False, []])",
        "reply(value=['handle', 1, 1, [[1, 'm', 'C', 1, [], [], ['__evil__'], [], [], None]], False, []])",
        "reply(value=['handle', 1, 1, [[1, 'm', 'C', 1, [7], [], [], [], [], None]], False, []])",
        "reply(value=['handle', 1, 1, [[1, 5, 'C', 1, [], [], [], [], [], None]], False, []])",
        "reply(value=['handle', 1, 1, [[1, 'm', 'C', 1, [], [], [], [], [], ['x y']]], False, []])",
        "reply(value=['handle', 1, 1, [[1, 'm', 'C', 1, [], [], [], [], [], None]], False, 7])",
        "reply(value=['argument', 99])",
        "reply(after=[[0, 5]])",
        "reply(after=[[7, []]])",
        "reply(leaves=[[1, ['x']]])",
        "reply(leaves=5)",
        "reply(value=['graph', 0, 0], record=1)",
        "reply(value=['graph', 0, 0], record='x', graph=[])",
        "msgpack.packb({'error': 'no'})",
        "msgpack.packb({'error': {'types': 5, 'message': 1, 'traceback': None}})",
        "msgpack.packb({'value': 1})",
        "struct.pack('>Q', 2**62)",
    ],
)
def test_a_forged_message_ends_the_conversation_and_not_the_judge(meet: Meet, message: str) -> None:
    wall = meet(FORGER + f"def f(x): say({message})")
    with pytest.raises(ConnectionClosedError):
        wall.fetch("f")([1])
    with pytest.raises(ConnectionClosedError):
        wall.fetch("f")


def test_an_answer_in_advance_is_none(meet: Meet) -> None:
    wall = meet(FORGER + "def f(): say(reply(value=42)); return 1")
    function = wall.fetch("f")
    with pytest.raises(ProtocolError, match="no answer"):
        function()


SAID_LATE = FORGER + "import threading\nthreading.Timer(0.3, say, [reply(value=42)]).start()\ndef f(): return 1"


def after_a_late_word(meet: Meet, ask: Callable[[Wall], object]) -> None:
    """Ask when the forged answer has come: after the honest one, or on a slow machine in its place."""
    wall = meet(SAID_LATE)
    select.select([wall._channel.connection], [], [])
    ask(wall)


def test_who_speaks_out_of_turn_is_not_listened_to(meet: Meet) -> None:
    with pytest.raises(ProtocolError):
        after_a_late_word(meet, lambda wall: wall.fetch("f"))


def test_what_was_said_last_of_all_is_found_out(meet: Meet) -> None:
    meet(FORGER).finish(time.monotonic() + 60)
    with pytest.raises(ProtocolError):
        after_a_late_word(meet, lambda wall: wall.finish(time.monotonic() + 60))


def test_what_ends_the_conversation_is_remembered(meet: Meet) -> None:
    wall = meet("import os\ndef f(): os._exit(0)")
    function = wall.fetch("f")
    assert wall.fault is None
    with pytest.raises(ConnectionClosedError) as gone:
        function()
    assert wall.fault is gone.value
    wall.begin_test(trusting=False)
    assert wall.fault is None


def test_what_is_said_of_an_interrupt_may_be_anything(meet: Meet) -> None:
    source = FORGER + "import time\ndef f():\n    say(msgpack.packb({'error': {'types': 5}}))\n    time.sleep(60)"
    wall = meet(source)
    function = wall.fetch("f")
    with pytest.raises(ConnectionClosedError):
        function()
    assert not wall.receive_late_reply(time.monotonic() + 0.1)


def test_an_argument_keeps_its_shape_where_the_solution_leaves_it(meet: Meet) -> None:
    wall = meet("import torch\ndef empty(w): w.data = torch.empty(0, 2)", Profile(restored=frozenset({"empty 1"})))
    tensor = torch.ones(2)
    wall.fetch("empty")(tensor)
    assert tensor.shape == (2,)
    assert wall.answers.withheld
    wall = meet(
        "import torch\ndef empty(w): w.data = torch.empty(0, 2)",
        Profile(restored=frozenset({"empty 1", "empty 1.shape"})),
    )
    wall.fetch("empty")(tensor)
    assert tensor.shape == (0, 2)


@pytest.mark.parametrize("value", ["['type', 'Generator']", "['device', 'meta']"])
def test_types_and_devices_that_no_answer_needs_are_malformed(meet: Meet, value: str) -> None:
    wall = meet(FORGER + f"def f(x): say(reply(value={value}))")
    with pytest.raises(ProtocolError):
        wall.fetch("f")([1])

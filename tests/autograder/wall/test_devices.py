"""Tensors that live on another device on the other side.

Only the CPU computes on every machine: where a tensor lands is seen on "meta", that the word arrives by the CPU's other
name, "cpu:0". What a GPU does is tried where there is one (tests/autograder/grading/test_gpu.py).
"""

import pytest
import torch

from autograder.wall.codec import Decoder, Encoder
from autograder.wall.errors import MalformedError
from tests.autograder.wall.conftest import Meet


def write(value: object) -> list[object]:
    def beyond(*_: object) -> None:
        raise AssertionError

    node = Encoder(beyond).write(value)
    assert isinstance(node, list)
    return node


def decoder(**devices: str) -> Decoder:
    def beyond(tag: str, *_: object) -> None:
        raise MalformedError(tag)

    return Decoder(beyond, devices)


def test_a_tensor_is_put_on_the_device_that_the_cpu_stands_for() -> None:
    value = {"x": torch.arange(3.0), "device": torch.device("cpu"), "n": torch.nn.Parameter(torch.ones(2)).data}
    read = decoder(cpu="meta").read(write(value))
    assert {read[name].device.type for name in ("x", "n")} == {"meta"}
    assert read["device"] == torch.device("meta")
    assert decoder().read(write(value))["x"].device.type == "cpu"


def test_the_judge_takes_the_students_gpu_for_its_own_cpu() -> None:
    for name in ("cuda", "cuda:0"):
        assert decoder(cuda="cpu").read(write(torch.device(name))) == torch.device("cpu")
    assert decoder().read(write(torch.device("cuda"))) == torch.device("cuda")


def test_what_another_side_changed_is_filled_in_where_the_tensor_is() -> None:
    here = torch.zeros(2, device="meta")
    there = torch.ones(3, requires_grad=True)
    there.grad = torch.ones(3)
    decoder().fill(here, Encoder(lambda value, own: own.write(value.detach())).content(there))
    assert here.device.type == "meta"
    assert here.shape == (3,)
    assert here.grad is not None
    assert here.grad.device.type == "meta"


SOURCE = """
import torch
def where(x, device=torch.device("cpu")):
    return [str(x.device), str(device)]
def train(x, w):
    assert x.device == w.device, "on two devices"
    loss = (w * x).sum()
    loss.backward()
    w.data -= w.grad
    return loss.detach()
def slope(x):
    return (x**3).sum()
def choose():
    return torch.device("cuda")
"""


@pytest.mark.parametrize(("place", "seen"), [("", "cpu"), ("cpu:0", "cpu:0")])
def test_a_test_says_what_the_cpu_is_on_the_other_side(meet: Meet, place: str, seen: str) -> None:
    wall = meet(SOURCE)
    wall.begin_test(trusting=True, device=place)
    assert wall.fetch("where")(torch.ones(2), device=torch.device("cpu")) == ["cpu", seen]


@pytest.mark.parametrize("place", ["", "cpu:0"])
def test_values_changes_and_gradients_come_back_to_the_cpu(meet: Meet, place: str) -> None:
    wall = meet(SOURCE)
    wall.begin_test(trusting=True, device=place)
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    assert wall.fetch("train")(torch.tensor([3.0, 4.0]), w) == 11.0
    assert w.detach().tolist() == [-2.0, -2.0]
    assert w.grad is not None
    assert w.grad.tolist() == [3.0, 4.0]
    x = torch.tensor([2.0], requires_grad=True)
    y = wall.fetch("slope")(x)
    y.backward()
    assert x.grad is not None
    assert (str(y.device), str(x.grad.device), x.grad.item()) == ("cpu", "cpu", 12.0)


def test_the_next_test_has_its_tensors_on_the_cpu_again(meet: Meet) -> None:
    wall = meet(SOURCE)
    wall.begin_test(trusting=False, device="cpu:0")
    wall.begin_test(trusting=False)
    assert wall.fetch("where")(torch.ones(1), device=torch.device("cpu")) == ["cpu", "cpu"]


def test_a_device_that_is_returned_is_the_cpu_where_the_gpu_is_the_students(meet: Meet) -> None:
    wall = meet(SOURCE)
    wall.begin_test(trusting=False)
    assert wall.fetch("choose")() == torch.device("cuda")
    wall.answers.devices = {"cuda": "cpu"}
    assert wall.fetch("choose")() == torch.device("cpu")

import pytest
import torch

from gradlab import graph


def by_label(recorded: graph.Graph) -> dict[str, graph.Node]:
    return {node.label: node for node in recorded.nodes}


def test_values_and_gradients_of_a_product() -> None:
    recorded = graph.record(lambda a, b: a * b + a / 2, a=torch.tensor(3.0), b=torch.tensor(5.0))

    nodes = by_label(recorded)
    assert set(nodes) == {"a", "b", "×", "÷ 2", "+"}
    values = {label: node.value.item() for label, node in nodes.items() if node.value is not None}
    assert values == {"a": 3, "b": 5, "×": 15, "÷ 2": 1.5, "+": 16.5}
    gradients = {label: node.gradient.item() for label, node in nodes.items() if node.gradient is not None}
    assert gradients == {"a": 5.5, "b": 3, "×": 1, "÷ 2": 1, "+": 1}


def test_each_edge_has_its_local_slope_where_both_ends_are_numbers() -> None:
    def f(a: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        return a * a / x.sum() - 2

    recorded = graph.record(f, a=torch.tensor(3.0), x=torch.tensor([1.0, 4.0]))

    slopes = {node.label: node.slopes for node in recorded.nodes}
    assert slopes.pop("÷") == pytest.approx((0.2, -0.36))
    assert slopes == {"a": (), "×": (3.0, 3.0), "x": (), "sum": (None,), "− 2": (1.0,)}


def test_parents_come_first_and_the_result_last() -> None:
    recorded = graph.record(lambda x: (x.sin() * x.cos()).sum(), x=torch.rand(3))

    for number, node in enumerate(recorded.nodes):
        assert all(parent < number for parent in node.parents)
        assert node.is_input == (not node.parents)
    assert recorded.nodes[-1].label == "sum"


def test_the_backward_order_starts_at_the_result() -> None:
    recorded = graph.record(lambda x: torch.exp(x**2).sum(), x=torch.rand(2))

    assert [recorded.nodes[number].label for number in recorded.backward_order] == ["sum", "exp", "( )²", "x"]


def test_gradients_agree_with_autograd_at_every_node() -> None:
    def f(x: torch.Tensor) -> torch.Tensor:
        return torch.sin(x[0]) * torch.cos(x[1]) + torch.sin(x[0] / 2) * torch.cos(x[1] / 2)

    point = torch.tensor([1.0, 2.0], dtype=torch.float64)
    recorded = graph.record(f, x=point)

    leaf = point.clone().requires_grad_()
    (expected,) = torch.autograd.grad(f(leaf), leaf)
    node = by_label(recorded)["x"]
    assert node.gradient is not None
    torch.testing.assert_close(node.gradient, expected)
    assert all(node.value is not None and node.gradient is not None for node in recorded.nodes)


def test_nothing_that_was_given_changes() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    weight = torch.tensor([3.0, 4.0], requires_grad=True)

    recorded = graph.record(lambda x: (x * weight).sum(), x=x)

    assert x.grad is None
    assert weight.grad is None
    assert [node.label for node in recorded.nodes if node.is_input] == ["x", "?"]


def test_operations_inside_other_operations_have_no_value_but_a_gradient() -> None:
    recorded = graph.record(
        lambda z: torch.nn.functional.cross_entropy(z, torch.tensor([0])), z=torch.tensor([[2.0, 1.0]])
    )

    inside = by_label(recorded)["logsoftmax"]
    assert inside.value is None
    assert inside.gradient is not None


def test_an_input_that_is_not_used_is_left_out() -> None:
    recorded = graph.record(lambda a, b: a * 2, a=torch.tensor(1.0), b=torch.tensor(1.0))

    assert [node.label for node in recorded.nodes] == ["a", "× 2"]


def test_it_records_even_under_no_grad() -> None:
    with torch.no_grad():
        recorded = graph.record(lambda a: a * a, a=torch.tensor(3.0))

    assert recorded.nodes[0].gradient == torch.tensor(6.0)


def test_a_computation_without_a_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="no graph"):
        graph.record(lambda x: x.detach().sum(), x=torch.rand(2))


def test_a_result_of_several_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2,\)"):
        graph.record(lambda x: x * 2, x=torch.rand(2))


def test_a_result_that_is_no_tensor_is_refused() -> None:
    with pytest.raises(TypeError, match="float, not a tensor"):
        graph.record(lambda x: 3.0, x=torch.rand(2))


def test_a_graph_that_is_too_large_to_read_is_refused() -> None:
    def long(x: torch.Tensor) -> torch.Tensor:
        for _ in range(100):
            x = x * 2
        return x

    with pytest.raises(ValueError, match="more than 60 nodes"):
        graph.record(long, x=torch.tensor(1.0))

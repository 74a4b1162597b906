import torch

from gradlab import graph
from gradlab.graph.placement import arrange


def f(x: torch.Tensor) -> torch.Tensor:
    return torch.sin(x[0]) * torch.cos(x[1]) + torch.sin(x[0] / 2) * torch.cos(x[1] / 2)


def test_edges_go_from_left_to_right_one_layer_at_a_time() -> None:
    arrangement = arrange(graph.record(f, x=torch.rand(2)))

    assert len(arrangement.routes) == 16
    for route in arrangement.routes:
        columns = [spot.column for spot in route]
        assert columns == list(range(columns[0], columns[-1] + 1))


def test_no_two_nodes_share_a_spot_and_no_edge_runs_through_a_node() -> None:
    arrangement = arrange(graph.record(f, x=torch.rand(2)))

    assert len(set(arrangement.spots)) == len(arrangement.spots)
    passed = {spot for route in arrangement.routes for spot in route[1:-1]}
    assert passed
    assert passed.isdisjoint(arrangement.spots)


def test_routes_join_each_node_to_its_parents() -> None:
    recorded = graph.record(lambda a, b: a * b + a, a=torch.rand(()), b=torch.rand(()))
    arrangement = arrange(recorded)

    joined = {(route[0], route[-1]) for route in arrangement.routes}
    assert joined == {
        (arrangement.spots[parent], arrangement.spots[number])
        for number, node in enumerate(recorded.nodes)
        for parent in node.parents
    }


def test_a_chain_lies_on_one_line() -> None:
    arrangement = arrange(graph.record(lambda x: x.sin().exp(), x=torch.rand(())))

    assert {spot.row for spot in arrangement.spots} == {0.0}
    assert (arrangement.columns, arrangement.rows) == (3, 1)

"""The simulation of clusters: the same figures each time, and the bounds that it is there to show."""

from benchmarks.cluster import Cluster, Simulation, line


def test_a_simulation_is_the_same_each_time() -> None:
    """Whoever runs it gets the README's figures; no limit is passed, and everything comes."""
    small = Cluster(workers=2, lookers=2, exports=60, slots=4)
    first, second = Simulation(small).run(), Simulation(small).run()
    assert first == second
    assert first.files == 120
    assert first.most_in_flight <= first.most_let
    assert 1.0 <= first.over_best < 2.0
    assert line(first).split()[:2] == ["2", "2"]


def test_workers_help_where_their_network_is_what_is_slow() -> None:
    """And where the render slots are, they do not."""
    slow = [Cluster(workers=workers, lookers=2, exports=60, slots=8, result_bytes=10**9) for workers in (1, 4)]
    one, four = (Simulation(cluster).run() for cluster in slow)
    assert four.files_per_second > 2 * one.files_per_second
    assert one.network_busy > 0.9
    quick = [Cluster(workers=workers, lookers=2, exports=60, slots=8, result_bytes=1000) for workers in (1, 4)]
    one, four = (Simulation(cluster).run() for cluster in quick)
    assert four.files_per_second < 1.2 * one.files_per_second

"""Nothing stays undone: without further faults, every fair run comes to an end.

That some way leads to the end (`search.explore`) does not say that it is taken. A run is fair when nobody is
passed over for ever: whoever can go on without a pause (a worker; time; the network) goes on at some point. A run that
never ends would stay in a strongly connected part of the graph of faultless moves; in a fair one, each actor would
move within that part, or be unable to move somewhere in it. So it is enough to look at these parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from .search import done, moves
from .state import Protocol, World, start

#: Who acts: the number of a worker, or what an event is called.
Actor = int | str
Edges = dict[World, list[tuple[Actor, World]]]


def endless(protocol: Protocol, workers: int) -> tuple[int, list[World]]:
    """How many worlds there are (workers told apart), and worlds among which a fair run could stay for ever."""
    graph = _undone(protocol, workers)
    inner = {world: [(who, after) for who, after in edges if after in graph] for world, edges in graph.items()}
    for part in _components(inner):
        members = set(part)
        inside = {who for world in part for who, after in inner[world] if after in members}
        if not inside:
            continue  # a single world that is left at once
        able = [{who for who, _after in graph[world]} for world in part]
        always = set.intersection(*able)
        if always <= inside:
            return len(graph), part
    return len(graph), []


def _undone(protocol: Protocol, workers: int) -> Edges:
    """All worlds that are not done, faults included in how they are reached, and their faultless moves."""
    first = start(protocol, workers)
    graph: Edges = {}
    seen, stack = {first}, [first]
    while stack:
        world = stack.pop()
        edges: list[tuple[Actor, World]] = []
        for who, words, fault, after in moves(protocol, world):
            if not fault:
                edges.append((who if who >= 0 else words, after))
            if after not in seen:
                seen.add(after)
                stack.append(after)
        if not done(protocol, world):
            graph[world] = edges
    return graph


def _components(edges: Edges) -> Iterator[list[World]]:
    """Strongly connected components (Tarjan, without recursion)."""
    index: dict[World, int] = {}
    low: dict[World, int] = {}
    stack: list[World] = []
    on_stack: set[World] = set()
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            world, rest = work[-1]
            for _who, after in rest:
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    on_stack.add(after)
                    work.append((after, iter(edges[after])))
                    break
                if after in on_stack:
                    low[world] = min(low[world], index[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[world])
                if low[world] == index[world]:
                    part = []
                    while not part or part[-1] != world:
                        part.append(stack.pop())
                        on_stack.discard(part[-1])
                    yield part

"""Ask again, by other means, whether a state can be divided into connected districts.

    python -m benchmarks.second_check SC OR NH ME

South Carolina with seven districts was left open in the literature; `optimizer.group` finds that
no plan exists. Here the same is decided by code that shares nothing with the optimizer and needs
no solver and no floating-point number: all connected sets of counties whose population is within
the limits are listed by recursion, then a search for an exact cover goes through all of them. The
costs play no part.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass

from benchmarks.readers import list_instances, shared_folder

__all__ = ["Cover", "State", "divide", "list_districts", "read_state"]


@dataclass(frozen=True)
class State:
    """Counties as numbers, their neighbours as bits of whole numbers.

    Attributes
    ----------
    people : tuple of int
    near : tuple of int
        Bit `j` of entry `i` is set when counties `i` and `j` are neighbours.
    least, most : int
        Limits of the population of a district.
    districts : int
    """

    people: tuple[int, ...]
    near: tuple[int, ...]
    least: int
    most: int
    districts: int

    def parts(self, counties: int) -> list[int]:
        """Return the connected parts of a set of counties."""
        found = []
        while counties:
            part = counties & -counties
            edge = part
            while edge:
                low = edge & -edge
                fresh = self.near[low.bit_length() - 1] & counties & ~part
                part |= fresh
                edge = (edge ^ low) | fresh
            found.append(part)
            counties &= ~part
        return found

    def population(self, counties: int) -> int:
        """Return the population of a set of counties."""
        total = 0
        while counties:
            low = counties & -counties
            total += self.people[low.bit_length() - 1]
            counties ^= low
        return total

    def divisible(self, counties: int, districts: int) -> bool:
        """Say whether each connected part has people for a whole number of districts."""
        fewest = most = 0
        for part in self.parts(counties):
            people = self.population(part)
            low, high = -(-people // self.most), people // self.least
            if low > high:
                return False
            fewest, most = fewest + low, most + high
        return fewest <= districts <= most


@dataclass(frozen=True)
class Cover:
    """The answer.

    Attributes
    ----------
    districts : list of int, or None
        A division of the state, None when there is none.
    listed : int
        Connected sets within the limits of population.
    nodes : int
        Nodes of the search.
    """

    districts: list[int] | None
    listed: int
    nodes: int


def read_state(name: str) -> State:
    """Read a state of the public instances."""
    folder = shared_folder()
    if folder is None:
        raise FileNotFoundError("the folder shared/benchmarks is not beside the project")
    path = folder / "districting_2010_county" / "instances" / f"{name}.json"
    data = json.loads(path.read_text())
    near = [0] * len(data["pop"])
    for one, other in data["edges"]:
        near[one] |= 1 << other
        near[other] |= 1 << one
    people = tuple(int(people) for people in data["pop"])
    return State(people, tuple(near), int(data["L"]), int(data["U"]), int(data["k"]))


def list_districts(state: State) -> list[int]:
    """List all connected sets of counties within the limits of population.

    Every set is grown from its lowest county; a neighbour passed over stays out (Wernicke,
    "Efficient detection of network motifs", *IEEE/ACM Transactions on Computational Biology and
    Bioinformatics* 3, 2006).
    """
    found: list[int] = []
    for root, people in enumerate(state.people):
        shut = (1 << (root + 1)) - 1
        stack = [(1 << root, people, state.near[root] & ~shut, shut)]
        while stack:
            area, load, open_to, closed = stack.pop()
            if load > state.most:
                continue
            if load >= state.least:
                found.append(area)
            while open_to:
                low = open_to & -open_to
                open_to ^= low
                closed |= low
                county = low.bit_length() - 1
                wider = open_to | (state.near[county] & ~closed & ~area)
                stack.append((area | low, load + state.people[county], wider, closed))
    return found


def divide(state: State) -> Cover:
    """Divide a state into connected districts, or go through all ways to show that none does."""
    everything = (1 << len(state.people)) - 1
    listed = list_districts(state)
    useful = [area for area in listed if state.divisible(everything & ~area, state.districts - 1)]
    nodes = 0
    stack = [(everything, useful, [])] if useful else []
    while stack:
        left, areas, chosen = stack.pop()
        nodes += 1
        if not left:
            return Cover(chosen, len(listed), nodes)
        holding = _fewest(left, areas)
        for area in holding:
            rest = left & ~area
            if state.divisible(rest, state.districts - len(chosen) - 1):
                apart = [other for other in areas if not other & area]
                stack.append((rest, apart, [*chosen, area]))
    return Cover(None, len(listed), nodes)


def _fewest(left: int, areas: list[int]) -> list[int]:
    """Return the areas that hold the county, of those left, which the fewest areas hold."""
    best = areas
    counties = left
    while counties:
        low = counties & -counties
        counties ^= low
        holding = [area for area in areas if area & low]
        if len(holding) < len(best) or not holding:
            best = holding
    return best


def main() -> None:
    """Parse the command line and print one line for each state."""
    parser = argparse.ArgumentParser(description="Decide again whether a division exists.")
    parser.add_argument("states", nargs="+", choices=list_instances("connected"))
    for name in parser.parse_args().states:
        start = time.process_time()
        found = divide(read_state(name))
        answer = "no division exists" if found.districts is None else "a division exists"
        print(
            f"{name}: {answer}; {found.listed} connected sets within the limits, "
            f"{found.nodes} nodes, {time.process_time() - start:.1f} s CPU",
            flush=True,
        )


if __name__ == "__main__":
    main()

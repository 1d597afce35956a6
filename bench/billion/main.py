#!/usr/bin/env python3
"""The plan for very many pages: how many shards and machines, how large everything is, what it costs, and what is full first.

Usage: bench/billion/main.py [--pages 1e9] [--shards N --machines N] [NAME=VALUE…]
NAMEs are those of World in constants.py; figures of docs/scale.md are the output without arguments."""
import argparse
import dataclasses

from constants import MEASURED, WORLD_NAMES, World
from measured import LMDB
from plan import enough, largest_host, plan
from simulate import simulate

STEPS = (1e6, 1e7, 1e8, 1e9)


def size(number):
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} PB"


def table(plans):
    rows = [("pages", [f"{each.shard_pages * each.shards:,.0f}" for each in plans]),
            ("shards, machines", [f"{each.shards}, {each.machines}" for each in plans]),
            ("pages of a shard", [f"{each.shard_pages:,.0f}" for each in plans]),
            ("listing, as a file", [size(each.listing_bytes) for each in plans]),
            ("listing, memory of a shard", [size(each.listing_memory) for each in plans]),
            ("LMDB of a shard", [size(each.lmdb_bytes) for each in plans]),
            ("first load, days", [f"{each.load_days:.1f}" for each in plans]),
            ("first load, dollars", [f"{each.load_cost:,.0f}" for each in plans]),
            ("a day, dollars", [f"{each.day_cost:,.0f}" for each in plans]),
            ("the store, dollars a month", [f"{each.store_month:,.0f}" for each in plans]),
            ("full first", [f"{each.first} ({each.shares[each.first]:.0%})" for each in plans])]
    for name, cells in rows:
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=float)
    parser.add_argument("--shards", type=int)
    parser.add_argument("--machines", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("world", nargs="*", metavar="NAME=VALUE")
    arguments = parser.parse_args()
    wrong = [each for each in arguments.world if each.partition("=")[0] not in WORLD_NAMES]
    if wrong:
        parser.error(f"{wrong[0]} is none of {', '.join(WORLD_NAMES)}")
    if (arguments.shards is None) != (arguments.machines is None):
        parser.error("--shards and --machines go together")
    given = {name: float(number) for name, _, number in (each.partition("=") for each in arguments.world)}
    plans, worlds = [], []
    for pages in (arguments.pages,) if arguments.pages else STEPS:
        world = dataclasses.replace(World(), **{"pages": pages, "hosts": max(1, World().hosts * pages / 1e9), **given})
        shards, machines = (arguments.shards, arguments.machines) if arguments.shards else enough(world, LMDB)
        plans.append(plan(world, shards, machines, LMDB))
        worlds.append(world)
    table(plans)
    world, last = worlds[-1], plans[-1]
    print(f"\nshares of a day, or of a limit, with {world.pages:,.0f} pages:")
    for name, share in sorted(last.shares.items(), key=lambda each: -each[1]):
        print(f"{share:8.1%}  {name}")
    print(f"the largest host has {largest_host(world):,.0f} pages")
    print(simulate(world, last.shards, last.machines, LMDB, seed=arguments.seed))
    print("\nmeasured:")
    for name, figure in MEASURED.items():
        print(f"{figure.value:12.6g}  {name}: {figure.source}")
    print("\n".join(f"{number:12.6g}  bytes of a {name} in data.mdb: measure.py" for name, number in LMDB.items()))


if __name__ == "__main__":
    main()

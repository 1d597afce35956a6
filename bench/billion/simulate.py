"""Some weeks of all shards, day by day, with what goes wrong by chance: pages change unevenly, machines are lost and their shards
restored, shards are not equally large. How old the oldest page is, and how much of the work was left, is what counts."""
import dataclasses
import random

from plan import DAY, cpu_of_a_page, day_of, load_days, sizes, turns, value


@dataclasses.dataclass(frozen=True)
class Weeks:
    days: int
    lost_machines: int
    worst_day: float     # of a shard: the share of a day that its work took
    left_over: float     # pages that were due and had no time, at the worst moment, of all
    oldest: float        # days since the page was asked for that waited longest
    uneven: float        # pages of the largest shard, of the mean


def shard_sizes(world, shards, random_number):
    """By the hash of the root: a binomial, near enough a normal one."""
    mean = world.pages / shards
    return [max(1.0, random_number.gauss(mean, mean ** 0.5)) for _ in range(shards)]


def hours_of(world, shards, machines, pages, changed, lmdb):
    """Seconds that one shard takes for a day's work, on a machine that it shares."""
    asked = pages / world.revisit_days
    cpu = (asked * value("revisit_cpu_page") + changed * cpu_of_a_page(world)) / (world.cores / world.processes)
    wait = asked * world.latency / world.requests_at_once
    commits = changed / value("commits")
    return max(cpu, wait, commits) * turns(world, shards, machines)


def simulate(world, shards, machines, lmdb, days=28, seed=1, loss=0.002):
    chance = random.Random(seed)
    pages = shard_sizes(world, shards, chance)
    backlog = [0.0] * shards           # seconds of work that were left
    lost, worst, left, oldest = 0, 0.0, 0.0, world.revisit_days
    restore = sizes(world, lmdb) * world.pages / shards / world.network
    for _ in range(days):
        busy = 1 + 0.5 * chance.random()   # some days have more news than others
        away = {machine for machine in range(machines) if chance.random() < loss}
        lost += len(away)
        waiting = 0.0
        for shard in range(shards):
            changed = pages[shard] * world.changed_a_day * busy * chance.gammavariate(20, 1 / 20)
            need = hours_of(world, shards, machines, pages[shard], changed, lmdb) + backlog[shard]
            if shard % machines in away:
                need += restore
            worst = max(worst, need / DAY)
            backlog[shard] = max(0.0, need - DAY)
            behind = backlog[shard] / DAY
            oldest = max(oldest, world.revisit_days + behind)
            waiting += min(1.0, behind) * pages[shard] / world.revisit_days
        left = max(left, waiting / world.pages)
    return Weeks(days, lost, worst, left, oldest, max(pages) / (world.pages / shards))


__all__ = ["Weeks", "day_of", "load_days", "simulate"]

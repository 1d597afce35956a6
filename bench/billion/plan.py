"""One world with a number of shards: how large each is, how long a day's work takes it, and what is full first."""
import dataclasses
import math

from constants import MEASURED

DAY = 86_400
ROOT, CHUNK, VECTOR = "root", "chunk", "vector"


@dataclasses.dataclass(frozen=True)
class Plan:
    shards: int
    machines: int
    shard_pages: float
    listing_bytes: float      # of the whole, as a file that every shard reads
    listing_memory: float     # of a shard
    lmdb_bytes: float         # of a shard
    load_days: float
    day_cost: float
    load_cost: float
    store_month: float
    shares: dict              # of a day, or of a limit, that each thing takes: above 1 it does not fit

    @property
    def first(self):
        return max(self.shares, key=self.shares.get)


def largest_host(world):
    """Pages of the host with most of them, where hosts have what Zipf gives them."""
    count = int(world.hosts)
    if world.host_exponent == 1:
        total = math.log(count) + 0.5772156649
    else:
        power = 1 - world.host_exponent
        total = 0.5 + 0.5 * count ** -world.host_exponent + (count ** power - 1) / power  # the sum, by its integral
    return world.pages / total


def sizes(world, lmdb):
    """Bytes that a page takes in a repository, with the vectors that are kept of it."""
    return lmdb[ROOT] + world.chunks_page * (lmdb[CHUNK] + lmdb[VECTOR])


def value(name):
    return MEASURED[name].value


def cpu_of_a_page(world):
    """Seconds of one core to read, embed and deliver a changed page; reading goes by its bytes."""
    read = world.page_bytes / value("page_bytes") / value("read_pages_core")
    return read + world.chunks_page * (value("embed_cpu_text") + value("store_cpu_row"))


def bytes_of_a_page(world):
    return world.page_bytes + world.chunks_page * (value("embed_bytes_text") + value("store_bytes_row"))


def day_of(world, shards, machines, lmdb):
    """Shares of a day. What one process does is one shard's; what a machine has is shared by its processes in turns."""
    a_shard, a_machine = world.pages / shards, world.pages / machines
    changed, asked = world.changed_a_day, 1 / world.revisit_days
    return {
        "CPU of a machine": a_machine * (asked * value("revisit_cpu_page") + changed * cpu_of_a_page(world)) / world.cores / DAY,
        "waiting for hosts": a_shard * asked * world.latency / world.requests_at_once / DAY * turns(world, shards, machines),
        "commits of a shard's one writer": a_shard * max(asked, changed) / value("commits") / DAY * turns(world, shards, machines),
        "writes of a machine's disk": a_machine * (asked * value("written_root") + changed * value("written_load")) / world.disk_writes / DAY,
        "network of a machine": a_machine * (changed * bytes_of_a_page(world) + asked * 500) / world.network / DAY,
        "reading the listing, each shard the whole of it": shards / machines * world.pages * world.url_bytes * asked / world.network / DAY,
        "the disks": a_machine * sizes(world, lmdb) / world.disk_bytes,
        "the largest host's patience": largest_host(world) * asked / world.host_rate / DAY,
        "the embedding service": world.pages * changed * world.chunks_page * world.tokens_chunk / world.embed_tokens / DAY,
        "the store": world.pages * changed * world.chunks_page / world.store_rows / DAY,
        "the address space of a repository": a_shard * sizes(world, lmdb) / world.map_bytes,
    }


def turns(world, shards, machines):
    """How many shards a process of a machine refreshes one after the other."""
    return max(1.0, shards / machines / world.processes)


def load_days(world, shards, machines, lmdb):
    """The first load: all pages changed. What is slowest says how long."""
    all_at_once = dataclasses.replace(world, changed_a_day=1.0, revisit_days=1.0)
    shares = day_of(all_at_once, shards, machines, lmdb)
    return max(share for name, share in shares.items() if name not in ("the address space of a repository", "the disks"))


def plan(world, shards, machines, lmdb):
    tokens = world.pages * world.chunks_page * world.tokens_chunk
    days = load_days(world, shards, machines, lmdb)
    return Plan(shards=shards, machines=machines, shard_pages=world.pages / shards, listing_bytes=world.pages * world.url_bytes,
                listing_memory=world.pages / shards * value("listing_memory"), lmdb_bytes=world.pages / shards * sizes(world, lmdb),
                load_days=days, day_cost=machines * world.machine_day + tokens * world.changed_a_day * world.token_price / 1e6,
                load_cost=days * machines * world.machine_day + tokens * world.token_price / 1e6,
                store_month=world.pages * world.chunks_page * world.store_row_month, shares=day_of(world, shards, machines, lmdb))


def enough(world, lmdb, fill=0.5):
    """The fewest shards and machines with which everything that more of them help is at most `fill` full."""
    outside = ("the largest host's patience", "the embedding service", "the store")
    machines = 1
    while True:
        shards = max(1, math.ceil(machines * world.processes))
        while shards < 1 << 20:
            shares = day_of(world, shards, machines, lmdb)
            if shares["the address space of a repository"] <= fill:
                break
            shards += math.ceil(machines * world.processes)
        if max(share for name, share in shares.items() if name not in outside) <= fill:
            return shards, machines
        machines += max(1, machines // 50)

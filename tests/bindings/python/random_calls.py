#!/usr/bin/env python3
"""Calls at random, valid and invalid, from many threads: handles closed at bad moments, callbacks that raise, cancellation. Every
failure has to be an exception of freshet or of Python's own kinds, and nothing may be left behind.

    random_calls.py [--calls N] [--seed N] [--threads N]
"""
import argparse
import collections
import faulthandler
import gc
import pathlib
import random
import sys
import tempfile
import threading
import time

from support import PAGES
import freshet
import providers
from freshet import _handle, _policy_callbacks, errors
from freshet.provide import plugin

EXPECTED = (errors.Error, ValueError, TypeError, IndexError, OverflowError)
TEXTS = ["", "x", "file:///nowhere", "shelf:/p1", "0" * 32, "g" * 32, "a\0b", "\udcff", "é" * 40, "A" * 9000, "{", '{"ttl":"1h"}', "always"]


class Moody(freshet.CustomPolicy):
    """Says yes, no, something wrong, or raises."""

    def __init__(self, seed):
        self.chance = random.Random(seed)

    def decide(self, known, now):
        mood = self.chance.random()
        if mood < 0.2:
            raise RuntimeError("in a bad mood")
        if mood < 0.3:
            return freshet.Decision(False, "é" * 200, now)
        return mood < 0.8

    def accept(self, known, document):
        if self.chance.random() < 0.2:
            raise KeyError(document.uri)
        return True


class Flaky(providers.Letters):
    name = "flaky"
    chance = random.Random(1)

    def embed(self, call, texts, query):
        if self.chance.random() < 0.1:
            raise RuntimeError("the model is away")
        return super().embed(call, texts, query)


class World:
    """What the threads share: some handles of each kind, which any of them may close."""

    def __init__(self, home, seed):
        self.home, self.seed = home, seed
        self.pages = home / "pages"
        self.pages.mkdir()
        for name, text in PAGES.items():
            (self.pages / name).write_text(text)
        self.uris = [(self.pages / name).as_uri() for name in PAGES]
        self.handles = collections.defaultdict(list)
        self.lock = threading.Lock()
        self.counts = collections.Counter()

    def keep(self, handle, most=6):
        with self.lock:
            kept = self.handles[type(handle)]
            kept.append(handle)
            extra = kept.pop(0) if len(kept) > most else None
        if extra is not None:
            extra.close()

    def any(self, chance, kind, make):
        with self.lock:
            kept = self.handles[kind]
            found = chance.choice(kept) if kept else None
        if found is None:
            found = make()
            self.keep(found)
        return found

    def close_all(self):
        for kind in list(self.handles):
            for handle in self.handles.pop(kind):
                handle.close()


class Caller:
    def __init__(self, world, seed):
        self.world, self.chance = world, random.Random(seed)

    def text(self):
        return self.chance.choice(TEXTS) if self.chance.random() < 0.4 else self.chance.choice(self.world.uris)

    def number(self):
        return self.chance.choice([0, 1, 2, -1, 5, 2**31, 2**63, 2**70, -(2**63), 0.5])

    def repository(self):
        return self.world.any(self.chance, freshet.Repository, lambda: freshet.open(self.world.home / "repository"))

    def document(self):
        return self.world.any(self.chance, freshet.Document, lambda: freshet.Document("doc:/1", "One"))

    def policy(self):
        return self.world.any(self.chance, freshet.Policy, freshet.Policy.always)

    def run(self):
        return self.world.any(self.chance, freshet.Run, lambda: self.repository().start(self.config()))

    def config(self):
        sources = [freshet.Files(self.world.pages, policy=self.chance.choice(["always", self.moody(), self.policy()]))]
        shelf = freshet.Source("shelf", {"pages": {"p1": "# One\n\nPage one.\n"}}, name="shelf")
        return {"sources": sources + [shelf] * self.chance.randrange(2), "embedder": self.chance.choice(["hash", "flaky"]),
                "on_change": "reembed", self.chance.choice(["force", "dry_run", "nonsense", "accept_shrink"]): True}

    def moody(self):
        return Moody(self.chance.random())

    # What is called. Those that take long come seldom.

    def often(self):
        return [lambda: self.repository().info, lambda: self.repository().root(self.text()), lambda: self.text() in self.repository(),
                lambda: self.repository().chunks([self.text()] * self.chance.randrange(3)), lambda: self.repository().read(self.text()),
                lambda: self.repository().root_chunks(self.text())[self.number()], lambda: self.repository().element(self.text()),
                lambda: self.repository().expand(self.text(), self.number(), self.number()), self.build, self.make_policy,
                lambda: self.policy().decide(self.repository(), self.text()), lambda: self.policy().to_json(),
                lambda: self.document().sections, lambda: self.document().to_json(), lambda: self.document().section(self.number()),
                lambda: self.document().finish(), lambda: self.run().counts, lambda: self.run().cancel(),
                lambda: self.run().next_event(timeout=0), lambda: self.run().exit_code, lambda: self.run().event_fd,
                lambda: freshet.redact(self.text()), lambda: freshet.Policy.from_json(self.text()),
                lambda: freshet.Document.from_json(self.text()), lambda: freshet.Reader({self.text(): 1}),
                lambda: freshet.Reader().read(self.text(), self.text(), media_type=self.text()), lambda: next(self.repository().roots()),
                lambda: self.repository().triggers(self.number()), lambda: freshet.Cancel().request(), lambda: self.run().report]

    def seldom(self):
        return [lambda: self.repository().query(self.text(), limit=self.number()), lambda: self.repository().status(),
                lambda: self.repository().query_vector([self.number()] * 27), lambda: self.repository().embed([self.text()]),
                lambda: self.repository().trigger(self.text()), lambda: self.repository().delete(self.text()),
                lambda: self.repository().write(self.document()), lambda: self.repository().exclude(self.text()),
                lambda: self.repository().include(self.text()), lambda: self.repository().explain(self.text(), self.config()),
                lambda: self.repository().set_flags(self.text(), **{"flag": self.chance.choice([1, None, "x"])}),
                lambda: self.world.keep(freshet.open(self.world.home / "repository")), self.close_one,
                lambda: self.world.keep(self.repository().start(self.config(), timeout=self.chance.choice([None, 0, 0.01]))),
                lambda: self.repository().query("ice", timeout=self.chance.choice([0, 0.001, self.number()])),
                lambda: self.run().wait(timeout=0.001), lambda: list(self.run().roots()), lambda: self.repository().runs(),
                lambda: self.repository().verify(timeout=0.01), lambda: freshet.Plugins()[self.chance.randrange(30)]]

    def build(self):
        document = freshet.Document(self.text(), self.text())
        document.add(self.text(), self.text(), level=self.chance.randrange(-1, 8), parent=self.chance.randrange(3))
        self.world.keep(document)

    def make_policy(self):
        kinds = [freshet.Policy.always, freshet.Policy.triggered, lambda: freshet.Policy.ttl(self.number()),
                 lambda: freshet.Policy.custom(self.moody()), lambda: self.policy() | self.policy(),
                 lambda: freshet.Policy.by_url(lambda uri: self.chance.choice([None, "always", 1])),
                 lambda: freshet.Policy.matching(lambda uri: 1 / self.chance.randrange(2)),
                 lambda: freshet.Policy.business_hours(self.number(), self.text(), "17:00"),
                 lambda: freshet.Policy.adaptive(max_staleness=self.number(), requests_a_day=self.number())]
        self.world.keep(self.chance.choice(kinds)())

    def close_one(self):
        with self.world.lock:
            kinds = [kind for kind, kept in self.world.handles.items() if kept]
            handle = self.chance.choice(self.world.handles[self.chance.choice(kinds)]) if kinds else None
        if handle is not None:
            handle.close()

    def go(self, calls):
        often, seldom = self.often(), self.seldom()
        for _ in range(calls):
            function = self.chance.choice(seldom if self.chance.random() < 0.01 else often)
            try:
                function()
                self.world.counts["well"] += 1
            except EXPECTED as error:
                self.world.counts[type(error).__name__] += 1
            except StopIteration:
                pass
            except BaseException as error:
                self.world.counts[f"UNEXPECTED {type(error).__name__}: {error}"] += 1
                raise


def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096


def play(home, seed, calls, threads):
    world = World(home, seed)
    workers = [threading.Thread(target=Caller(world, seed * 1000 + number).go, args=(calls // threads,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    world.close_all()
    return world.counts


def settled():
    """What is left once the threads of the library have let go."""
    for _ in range(200):
        gc.collect()
        left = (len(plugin.instances), len(_policy_callbacks._policies), len(_policy_callbacks._urls), open_handles())
        if left == (0, 0, 0, 0):
            break
        time.sleep(0.05)
    return left


def open_handles():
    return sum(isinstance(each, _handle.Handle) and not each.closed for each in gc.get_objects())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--threads", type=int, default=8)
    arguments = parser.parse_args()
    faulthandler.enable()
    freshet.register(providers.Shelf, Flaky, name="ours")
    counts, memory, rounds = collections.Counter(), [], 10
    begun = time.monotonic()
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="freshet-random-") as home:
            counts += play(pathlib.Path(home), arguments.seed + number, arguments.calls // rounds, arguments.threads)
        left = settled()
        memory.append(resident())
    wrong = [name for name in counts if name.startswith("UNEXPECTED")]
    print(f"{sum(counts.values())} calls, seed {arguments.seed}, {time.monotonic() - begun:.0f} s:", dict(counts.most_common()))
    print(f"left: {left[0]} instances, {left[1]} + {left[2]} policies, {left[3]} handles; memory "
          f"{memory[0] >> 20} MiB after a tenth, {memory[-1] >> 20} MiB at the end")
    grown = memory[-1] - memory[rounds // 2]
    return 1 if wrong or any(left) or grown > (16 << 20) else 0


if __name__ == "__main__":
    sys.exit(main())

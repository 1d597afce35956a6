#!/usr/bin/env python3
"""Reads a repository from docs/state-format.md alone: every value to its last byte, every checksum, and what the page says
of one record and another. Prints a count a database, and each problem.

Usage: read_state.py DIRECTORY
"""
import json
import struct
import sys

import lmdb
import xxhash

NAMES = ["meta", "spaces", "counters", "roots", "due", "sources", "seen", "sources_of", "elements", "element_order", "chunks",
         "order", "vectors", "deliveries", "pending", "delivered", "leases", "runs", "targets", "due_by_source", "excluded", "triggers",
         "refusals", "gates", "lessons", "habits"]
NEVER = (1 << 63) - 1
problems = []


def expect(true, *what):
    if not true:
        problems.append(" ".join(map(str, what)))


def digest(text):
    return xxhash.xxh3_128_digest(text.encode())


def section_key(id_):
    """Begins as the id does, where that is a digest in hexadecimal digits."""
    is_digest = len(id_) >= 32 and all(digit in "0123456789abcdefABCDEF" for digit in id_[:32])
    return bytes.fromhex(id_[:12]) + digest(id_)[6:] if is_digest else digest(id_)


class Body:
    """What is left of a body."""

    def __init__(self, data):
        self.data, self.at, self.said = data, 0, []

    def take(self, size):
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def numbers(self, size, names):
        return {name: self.number(size) for name in names.split()}

    def instants(self, names):
        return {name: struct.unpack("<q", self.take(8))[0] for name in names.split()}

    def digests(self, names):
        return {name: self.take(16) for name in names.split()}

    def text(self):
        return self.take(self.number(4)).decode()

    def said_text(self):
        """A text of a record in which none stands twice."""
        size = self.number(4)
        self.said.append(self.said[size & 0x7FFFFFFF] if size >> 31 else self.take(size).decode())
        return self.said[-1]

    def said_texts(self, root, names):
        self.said = [root.hex()]
        return {name: self.said_text() for name in names.split()}

    def texts(self, names):
        return {name: self.text() for name in names.split()}

    def span(self):
        return self.number(8), self.number(8)

    def end(self):
        return self.at == len(self.data)


def counters(body):
    return {**body.numbers(8, "roots documents elements chunks failing deliveries next_delivery next_run"), **body.instants("written")}


def root(body):
    made = {**body.instants("ingested checked changed ask_again failed"), **body.digests("bytes content fingerprint confirmed_by"),
            "length": body.number(8), **body.numbers(4, "chunks elements failures gone error_code")}
    names = "uri error version title media_type metadata flags alias handle said".split()
    sizes = [body.number(4) for _ in names]
    return {**made, **{name: body.take(size).decode() for name, size in zip(names, sizes)}}


def source(body):
    return {**body.digests("id config"), **body.numbers(8, "generation members held"), **body.instants("listed"),
            **body.texts("name loader policy note"), **body.instants("ended next"), "every": body.number(8), "state": body.text(),
            "seen_all": body.number(8), **body.instants("confirmed")}


def element(body):
    made = {**body.digests("root"), "kind": body.number(1), **body.numbers(4, "level ordinal"), "span": body.span()}
    return {**made, **body.said_texts(made["root"], "id parent title url text metadata")}


def chunk(body):
    made = {**body.digests("record root"), **body.numbers(4, "index total sequence"), "span": body.span()}
    made |= body.said_texts(made["root"], "text urtext parent url root_id root_title container_id container_title container_url "
                                          "leaf_id leaf_title leaf_url")
    return {**made, "path": [body.said_text() for _ in range(body.number(4))], "metadata": body.text()}


def place(body):
    return {"dimension": body.number(4), **body.texts("store options embedder embedder_options model")}


def target(body):
    made = {"state": body.number(1), **body.numbers(8, "generation oldest"), **body.numbers(1, "fill room"), "newest": place(body),
            "searched": place(body)}
    return made if body.end() else {**made, "replaces": body.number(4), "suffix": body.text()}


def lease(body):
    return {**body.digests("owner boot"), **body.numbers(8, "fence expiry expiry_boot pid_space pid started")}


def exclusion(body):
    return {**body.instants("since"), **body.texts("uri why")}


def trigger(body):
    return {"number": body.number(8), **body.instants("since"), **body.texts("uri why")}


def refusal(body):
    return {**body.digests("bytes recipe"), **body.instants("since"), "code": body.number(4), **body.texts("uri model version error")}


def lesson(body):
    made = {**body.digests("owner"), **body.instants("since"), **body.texts("about what")}
    expect(isinstance(json.loads(made["what"]), dict), "lesson", made["about"], "is no object")
    return made


class Repository:
    def __init__(self, directory):
        self.env = lmdb.open(directory, max_dbs=len(NAMES), readonly=True, lock=False)
        self.txn = self.env.begin()
        with self.txn.cursor() as cursor:
            found = {bytes(key).decode() for key, _ in cursor}
        expect(found == set(NAMES), "databases that the page does not name, or that are not there:", found ^ set(NAMES))
        self.databases = {name: self.env.open_db(name.encode(), txn=self.txn, create=False) for name in found & set(NAMES)}

    def bodies(self, name, space=b""):
        """(key after the space, body) of each value, its version and checksum looked at."""
        number = NAMES.index(name)
        with self.txn.cursor(self.databases[name]) as cursor:
            for key, value in cursor if cursor.set_range(space) else ():
                key, value = bytes(key), bytes(value)
                if not key.startswith(space):
                    break
                expect(value[0] == 1, name, key.hex(), "is of version", value[0])
                body = value[9:]
                place_of_key = (xxhash.xxh3_64_intdigest(key) + number + 1) * 0x9E3779B97F4A7C15 % (1 << 64)
                expect(int.from_bytes(value[1:9], "little") == xxhash.xxh3_64_intdigest(body) ^ place_of_key, name, key.hex(),
                       "has another checksum")
                yield key[len(space):], body

    def records(self, name, space, read):
        """{key: record}, each read to its end."""
        made = {}
        for key, data in self.bodies(name, space):
            body = Body(data)
            made[key] = read(body)
            expect(body.end(), name, key.hex(), "has", len(data) - body.at, "bytes that the page does not name")
        return made


def check_meta(repository):
    meta = dict(repository.bodies("meta"))
    schema = Body(meta["schema".encode()])
    version, map_size, made, identity = schema.number(4), schema.number(8), schema.number(8), schema.take(16)
    expect(version == 6 and schema.end(), "the schema is", version)
    expect(map_size > 0 and made > 0 and any(identity), "the schema says nothing of its map, its time or its identity")
    expect(set(meta) <= {b"schema", b"commit", b"next_space", b"fence"}, "meta has", set(meta))
    expect(all(len(value) == size for name, size in ((b"commit", 8), (b"next_space", 4), (b"fence", 8))
               if (value := meta.get(name)) is not None), "meta has a number of another length")


def check_counts(space, count, roots, elements, chunks, deliveries):
    documents = [each for each in roots.values() if each["ingested"]]
    real = {"roots": len(roots), "documents": len(documents), "chunks": len(chunks), "elements": len(elements) + len(documents),
            "failing": sum(1 for each in roots.values() if each["failures"]), "deliveries": len(deliveries)}
    expect({name: count[name] for name in real} == real, "the counters of", space, "say", count, "and there are", real)
    expect(sum(each["chunks"] for each in roots.values()) == len(chunks), "the chunks of the roots do not add up")


def check_references(repository, space, roots, elements, chunks):
    for key, each in roots.items():
        expect(digest(each["uri"]) == key, "root", each["uri"], "stands under another digest")
        for part in ("metadata", "flags", "said"):
            expect(not each[part] or isinstance(json.loads(each[part]), dict), "root", each["uri"], part, "is no object")
    for key, each in elements.items():
        expect(section_key(each["id"]) == key, "element", each["id"], "stands under another digest")
        expect(each["kind"] in (1, 2) and each["root"] in roots, "element", each["id"], "has no root, or an unknown kind")
        expect(each["parent"] == each["root"].hex() or section_key(each["parent"]) in elements, "element", each["id"], "has no parent")
    for key, each in chunks.items():
        expect(key[:6] == each["root"][:6], "chunk", key.hex(), "does not begin as its root")
        expect(each["root"] in roots and each["root"].hex() == each["root_id"], "chunk", key.hex(), "names another root")
    for name, members, position in (("order", chunks, "sequence"), ("element_order", elements, "ordinal")):
        last = {}
        for key, member in repository.bodies(name, space):
            at, number = key[:16], int.from_bytes(key[16:], "big")
            expect(number == last.get(at, -1) + 1, name, key.hex(), "leaves a gap")
            expect(member in members and members[member][position] == number, name, key.hex(), "names another place")
            last[at] = number


def check_due(repository, space, roots, sources):
    def instant(key):
        return int.from_bytes(key, "big") ^ (1 << 63)
    due = {(instant(key[:8]), key[8:]) for key, body in repository.bodies("due", space) if not body}
    wanted = {(each["ask_again"], key) for key, each in roots.items() if each["ask_again"] != NEVER}
    expect(due == wanted, "due has", len(due ^ wanted), "rows too many or too few")
    of_roots = {(key[:16], key[16:]) for key, _ in repository.bodies("sources_of", space)}
    expect(all(source_ in sources for _, source_ in of_roots), "sources_of names a source that there is not")
    by_source = {(key[:16], instant(key[16:24]), key[24:]) for key, _ in repository.bodies("due_by_source", space)}
    expect(by_source == {(source_, when, key) for when, key in due for one, source_ in of_roots if one == key},
           "due_by_source is not due by source")


def check_deliveries(repository, space, chunks):
    deliveries = {(key[:4], key[4:12]): (body[:16], body[16]) for key, body in repository.bodies("deliveries", space)}
    pending = {(key[:4], key[4:]): body for key, body in repository.bodies("pending", space)}
    named = {(one, chunk_): int.from_bytes(sequence, "big") for (one, sequence), (chunk_, _) in deliveries.items()}
    expect(named == {key: int.from_bytes(body, "little") for key, body in pending.items()}, "pending and deliveries differ")
    delivered = {(key[:4], key[4:]): body for key, body in repository.bodies("delivered", space)}
    targets = {key: Body(body) for key, body in repository.bodies("targets", space)}
    for key, body in targets.items():
        made = target(body) if len(key) == 4 else lease(body)
        if len(key) != 4:
            while not body.end():
                body.take(16)
        expect(body.end(), "target", key.hex(), made, "is longer than the page says")
        retired = made.get("state") == 2
        expect(not retired or not [one for one, _ in [*pending, *delivered] if one == key], "target", key.hex(), "is retired and has rows")
        for id_, each in chunks.items() if len(key) == 4 and not retired else ():
            expect(delivered.get((key, id_)) == each["record"] or (key, id_) in pending, "chunk", id_.hex(), "is neither delivered nor pending")
    return deliveries


def check_space(repository, name, space):
    count, = repository.records("counters", space, counters).values()
    roots, elements, chunks = (repository.records(of, space, read) for of, read in (("roots", root), ("elements", element), ("chunks", chunk)))
    sources = repository.records("sources", space, source)
    repository.records("leases", space, lease)
    for kind, read in (("excluded", exclusion), ("triggers", trigger), ("refusals", refusal)):
        for key, each in repository.records(kind, space, read).items():
            expect(digest(each["uri"]) == key, kind, each["uri"], "stands under another digest")
            expect(kind != "excluded" or key not in roots, "root", each["uri"], "is excluded and there")
            expect(kind != "refusals" or key in roots, "root", each["uri"], "is refused and not there")
    for key, each in repository.records("lessons", space, lesson).items():
        expect(key == each["owner"] + digest(each["about"]) and (each["owner"] in roots or each["owner"] in sources), "lesson",
               each["about"], "has no owner, or stands under another key")
    for key, body in repository.bodies("habits", space):
        expect(key[:16] in sources and body[0] == 2, "habits", key.hex(), "is of no source, or of another form")
    for key, body in repository.bodies("seen", space):
        expect(key[:16] in sources and key[16:] in roots and len(body) == 16, "seen", key.hex(), "names what there is not")
    for key, body in repository.bodies("runs", space):
        expect(isinstance(json.loads(body), dict), "run", key.hex(), "is no object")
    deliveries = check_deliveries(repository, space, chunks)
    check_counts(name, count, roots, elements, chunks, deliveries)
    check_references(repository, space, roots, elements, chunks)
    check_due(repository, space, roots, sources)
    print(f"{name}: {len(roots)} roots, {len(elements)} elements, {len(chunks)} chunks, {len(sources)} sources, {len(deliveries)} deliveries")
    return chunks


def check_vectors(repository, chunks):
    texts = {digest(each["text"]) for each in chunks}
    models, known = set(), 0
    for key, body in repository.bodies("vectors"):
        models.add(key[:8])
        known += key[8:] in texts
        expect(body and len(body) % 4 == 0, "vector", key.hex(), "is no row of floats")
    print(f"{known} vectors of {len(models)} models")


def main():
    repository, all_chunks = Repository(sys.argv[1]), []
    check_meta(repository)
    for name, body in repository.bodies("spaces"):
        expect(len(body) == 4, "space", name, "is being dropped")
        space = int.from_bytes(body[:4], "little").to_bytes(4, "big")
        all_chunks += check_space(repository, name.decode(), space).values()
    check_vectors(repository, all_chunks)
    print(f"{len(problems)} problems", *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

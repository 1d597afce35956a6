"""Git repositories that mean harm: each is a clear error for what it is of, in bounded time and memory, and nothing else suffers.

FRESHET_GIT_MANY and FRESHET_GIT_LARGE (MiB) make the long form: a million files, and a file of 5 GB."""
import gzip
import hashlib
import os
import subprocess
import time
import zlib

from e2e import main
from git_case import GitCase, page
from git_server import environment

MANY = int(os.environ.get("FRESHET_GIT_MANY", "10000"))
LARGE = int(os.environ.get("FRESHET_GIT_LARGE", "200"))


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def packed(kind, size, body, between=b""):
    first = kind << 4 | size & 15
    return (bytes([first]) if size < 16 else bytes([first | 0x80]) + varint(size >> 4)) + between + zlib.compress(body)


def growing_pack(times):
    """A pack of a file of 16 MiB of zeros, and of another that is so many times that."""
    base = bytes(1 << 24)
    copy = b"\xf0\xff\xff\xff"  # 16,777,215 bytes from the beginning
    delta = varint(len(base)) + varint(times * 0xFFFFFF) + copy * times
    first = packed(3, len(base), base)
    distance, offset = len(first), b""
    offset = bytes([distance & 0x7F])
    while distance := distance >> 7:  # as git writes the distance to what a delta is of
        distance -= 1
        offset = bytes([distance & 0x7F | 0x80]) + offset
    pack = b"PACK" + (2).to_bytes(4, "big") + (2).to_bytes(4, "big") + first + packed(6, len(delta), delta, offset)
    return pack + hashlib.sha1(pack).digest()


class Hostile(GitCase):
    def raw_tree(self, *entries):
        """A tree with names that git itself does not write."""
        data = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
        return self.remote.git("hash-object", "-w", "-t", "tree", "--stdin", "--literally", data=data).decode().strip()

    def commit_tree(self, tree):
        commit = self.remote.git("commit-tree", "-m", "hostile", tree).decode().strip()
        self.remote.git("update-ref", "refs/heads/main", commit)

    def test_paths_that_lead_elsewhere(self):
        blob, good = self.remote.blob("# bad\n\nbad words"), self.remote.blob(page("good"))
        up = self.raw_tree((b"100644", b"x.md", blob))
        hooks = self.raw_tree((b"100755", b"post-checkout.md", blob))
        git = self.raw_tree((b"40000", b"hooks", hooks))
        self.commit_tree(self.raw_tree((b"40000", b"..", up), (b"40000", b".git", git), (b"40000", b".GIT", git),
                                       (b"100644", b"good.md", good), (b"40000", b"git~1", git)))
        report = self.refresh()
        self.assertEqual(self.outcomes(report), {self.uri("good.md"): "refreshed"})
        self.assertEqual([p for p in self.home.rglob("*") if p.name in ("x.md", "post-checkout.md")], [])

    def test_a_file_that_is_too_large_fails_alone(self):
        self.remote.commit({**{f"{i}.md": page(i) for i in range(20)}, "large.md": os.urandom(3 << 20).hex()})
        self.config(max_file_size="1MiB", max_pack="2MiB")
        report = self.refresh(check=1)
        self.assertEqual((report["refreshed"], report["failed"]), (20, 1))
        self.assertIn("larger than max_file_size", self.failures(report)["/HEAD/large.md"]["message"])
        size = sum(p.stat().st_size for p in (self.freshet.repository / "git").rglob("*") if p.is_file())
        self.assertLess(size, 1 << 20)

    def test_more_files_than_the_limit_remove_nothing(self):
        self.remote.commit({f"{i}.md": page(i) for i in range(10)})
        self.config(max_entries=20)
        self.refresh()
        self.remote.commit({f"x/{i}.md": page(i) for i in range(30)}, parent=False)
        self.freshet.run("--config", self.home / "freshet.toml", "refresh", "--force")
        self.assertGreaterEqual({root for root in self.roots()}, {f"HEAD/{i}.md" for i in range(10)})

    def test_a_tree_of_more_files_than_anybody_has(self):
        leaf = self.raw_tree(*((b"100644", b"%02d.md" % i, self.remote.blob(page("leaf"))) for i in range(100)))
        for _ in range(4):  # ten thousand million files in six objects
            leaf = self.raw_tree(*((b"40000", b"%02d" % i, leaf) for i in range(100)))
        self.commit_tree(leaf)
        self.config(max_entries=200)
        report = self.refresh(check=1)
        self.assertEqual((report["listed"], self.listing(report)), (200, "part"))
        self.assertIn("more than 200 files", report["sources"][0]["note"])
        self.assertLess(report["peak_memory_bytes"], 256 << 20)

    def test_a_million_files(self):
        leaf, count = self.remote.blob(page("leaf")), 1
        kind, end = b"100644", b".md"
        while count < MANY:
            leaf = self.raw_tree(*((kind, b"%02d" % i + end, leaf) for i in range(100)))
            count, kind, end = count * 100, b"40000", b""
        self.commit_tree(leaf)
        self.config(max_entries=count // 2)
        begun = time.monotonic()
        report = self.refresh("--dry-run", check=1)
        self.assertEqual((report["listed"], self.listing(report)), (count // 2, "part"))
        self.assertIn(f"more than {count // 2} files", report["sources"][0]["note"])
        self.assertLess(report["peak_memory_bytes"], 1 << 30)
        print(f"\n{count // 2} of {count} files listed in {time.monotonic() - begun:.1f} s, {report['peak_memory_bytes'] >> 20} MiB")

    def zeros(self, mebibytes):
        """A blob that is large and packs into nothing."""
        git = subprocess.Popen(["git", "--git-dir", str(self.remote.path), "hash-object", "-w", "--stdin"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        for _ in range(mebibytes):
            git.stdin.write(bytes(1 << 20))
        return git.communicate()[0].decode().strip()

    def test_a_file_that_packs_into_nothing_fails_alone(self):
        self.remote.commit({**{f"{i}.md": page(i) for i in range(5)}, "zeros.md": ("100644", self.zeros(LARGE))})
        self.config(max_file_size="1MiB")
        begun = time.monotonic()
        report = self.refresh(check=1)
        self.assertEqual((report["refreshed"], report["failed"]), (5, 1))
        self.assertIn("larger than max_file_size", self.failures(report)["/HEAD/zeros.md"]["message"])
        self.assertLess(report["peak_memory_bytes"], 256 << 20)
        print(f"\na file of {LARGE} MiB told in {time.monotonic() - begun:.1f} s")

    def answer_blobs(self, answer):
        """Has `answer` be what the server says to a request for files, and to no other."""
        original = self.server.serve

        def serve(handler, body):
            asked = gzip.decompress(body) if handler.headers.get("Content-Encoding") == "gzip" else body
            if b"command=fetch" in asked and b"deepen" not in asked:
                return answer(handler)
            return original(handler, body)
        self.server.serve = serve
        self.addCleanup(setattr, self.server, "serve", original)
        return lambda: setattr(self.server, "serve", original)

    def test_a_delta_that_grows_without_bound(self):
        self.remote.commit({"a.md": page("a")})
        self.refresh()
        self.remote.commit({"a.md": page("a", "news")})
        pack = growing_pack(times=100)  # 24 KB make 1.6 GB
        sent = b"000dpackfile\n" + b"".join(b"%04x\1" % (len(part) + 5) + part for part in
                                            (pack[at:at + 60000] for at in range(0, len(pack), 60000))) + b"0000"
        honest = self.answer_blobs(lambda handler: self.server.answer(
            handler, 200, sent, Content_Type="application/x-git-upload-pack-result"))
        report = self.refresh(check=1)
        self.assertIn("larger than max_file_size", self.failures(report)["/HEAD/a.md"]["message"])
        self.assertEqual(["nothing in it" in row[3] for row in self.freshet.rows().values()], [True])  # what was read before
        honest()
        self.assertEqual(self.refresh()["refreshed"], 1)

    def endless(self, server, handler):
        """An answer to a fetch that begins as a pack does, and does not end."""
        if handler.command == "GET" or b"ls-refs" in self.body(handler):
            server.refuse = None
            try:
                return server.serve(handler, self.last_body)
            finally:
                server.refuse = self.endless
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-git-upload-pack-result")
        handler.end_headers()
        handler.close_connection = True
        try:
            handler.wfile.write(b"000dpackfile\n")
            noise = os.urandom(65000)
            header = b"PACK\0\0\0\2\0\0\0\1" + b"\xbf\xff\xff\xff\xff\x0f" + b"\x78\x01"
            chunk = header + b"".join(b"\0" + (60000).to_bytes(2, "little") + (60000 ^ 0xFFFF).to_bytes(2, "little") + noise[:60000] for _ in range(1))
            for _ in range(20_000):
                handler.wfile.write(f"{len(chunk) + 5:04x}".encode() + b"\1" + chunk)
                chunk = b"\0" + (60000).to_bytes(2, "little") + (60000 ^ 0xFFFF).to_bytes(2, "little") + noise[:60000]
                self.sent += len(chunk)
        except OSError:
            pass

    def body(self, handler):
        return self.last_body

    def test_a_pack_without_an_end(self):
        self.remote.commit({"a.md": page("a")})
        self.refresh()
        self.remote.commit({"a.md": page("a", "news")})
        self.sent, self.last_body = 0, b""
        original = self.server.serve

        def serve(handler, body):
            self.last_body = body
            return original(handler, body)
        self.server.serve = serve
        self.server.refuse = self.endless
        self.config(max_pack="4MiB")
        self.nothing_is_removed(3, "larger than its limit")
        self.assertLess(self.sent, 64 << 20)
        self.server.refuse = None
        self.assertEqual(self.refresh()["refreshed"], 1)
        self.assertEqual(list((self.freshet.repository / "git").rglob("tmp_*")), [])


if __name__ == "__main__":
    main()

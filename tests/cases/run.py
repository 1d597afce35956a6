#!/usr/bin/env python3
"""Runs field cases:  run.py [-v] [CASE…]   (default: all beside it)

A case is a folder with case.json. Keys (all but "refresh" optional):
  serve     {"/path": {"file"|"text"|"copies_of", "status", "headers", "delay", "versions": [the same, answer by answer]}}; "{BASE}" is put in texts
  sitemap   ["/path", …]: served as /sitemap.xml
  refresh   [[arguments], …]: one run of freshet each; {BASE}, {DIR} (this folder), {WORK} (a scratch copy of ./tree)
  make      a script in the folder that is run before, with WORK as its argument
  check     a script in the folder that is run after; it prints what it finds and ends with 0 where all is right
  exit      [codes that are right], of the last refresh
  must, must_not        texts that the stored chunks (joined) have, have not
  must_order            texts that follow one another
  titles, titles_not    section paths / titles in the store
  urls, urls_not        of stored sections
  uris, uris_not        of stored roots
  report    {"key": value} of the last refresh's report
  queries   [{"text", "mode", "first": part of the URI of the first hit, "some": bool}]
  small     true: titles and urls are looked up in a second repository whose chunks have at most 60 characters, or so many, for a
            document that fits into one chunk shows no sections
Environment: FRESHET (the program). Everything is on loopback; only processes that it started are ended, by id."""
import http.server, json, os, pathlib, shutil, sqlite3, subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
FRESHET = os.environ.get("FRESHET") or os.environ.get("FRESHET_BUILD", "build") + "/bin/freshet"


class Site:
    def __init__(self, folder, serve, sitemap):
        self.folder, self.log = folder, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                site.log.append((self.path, dict(self.headers)))
                page = site.pages.get(self.path)
                if page is None:
                    body, status, headers = b"not found", 404, {"Content-Type": "text/plain"}
                else:
                    body, status, headers = page(self)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *_): pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.pages = {path: self.page(spec) for path, spec in serve.items()}
        if sitemap:
            urls = "".join(f"<url><loc>{self.base}{p}</loc></url>" for p in sitemap)
            xml = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
            self.pages["/sitemap.xml"] = lambda _: (xml.encode(), 200, {"Content-Type": "application/xml"})
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, spec):
        state = {"n": 0}
        versions = spec.get("versions") or [spec]
        def answer(handler):
            one = versions[min(state["n"], len(versions) - 1)]
            state["n"] += 1
            if "file" in one:
                body = (self.folder / one["file"]).read_bytes()
            else:
                body = one.get("text", "").encode()
            if one.get("delay"): time.sleep(one["delay"])
            port = self.base.rsplit(":", 1)[1]
            body = body.replace(b"{BASE}", self.base.encode()).replace(b"{PORT}", port.encode())
            headers = {"Content-Type": "text/html; charset=utf-8", **one.get("headers", {})}
            headers = {k: v.replace("{BASE}", self.base) for k, v in headers.items() if v is not None}
            if one.get("etag_gzip"):  # as Apache: the suffix goes out, and does not match when it comes back
                headers["ETag"] = f'"{one["etag_gzip"]}-gzip"'
            return body, one.get("status", 200), headers
        return answer

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def rows(repository):
    path = repository / "store.sqlite"
    if not path.exists():
        return []
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    out = []
    for (number,) in store.execute("SELECT number FROM namespaces"):
        for r in store.execute(f"SELECT uri, title, url, path, metadata, text FROM rows_{number} ORDER BY n"):
            out.append(dict(zip(("uri", "title", "url", "path", "metadata", "text"), r)))
    store.close()
    return out


def run(case, verbose):
    spec = json.loads((case / "case.json").read_text())
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="freshet-case-"))
    work, repository = scratch / "work", scratch / "repository"
    if (case / "tree").is_dir():
        shutil.copytree(case / "tree", work, symlinks=True)
        for p in work.rglob("*"):
            if not p.is_symlink(): os.utime(p, (1_700_000_000, 1_700_000_000))
    else:
        work.mkdir()
    if "make" in spec:
        subprocess.run([sys.executable, str(case / spec["make"]), str(work)], check=True)
    site = Site(case, spec.get("serve", {}), spec.get("sitemap"))
    fill = lambda text: text.replace("{BASE}", site.base).replace("{DIR}", str(case)).replace("{WORK}", str(work)).replace("{PORT}", site.base.rsplit(":", 1)[1])
    problems, said = [], []
    try:
        report = {}
        for arguments in spec["refresh"]:
            done = subprocess.run([FRESHET, "--repository", str(repository), "refresh", *map(fill, arguments), "--json", "--verbose"],
                                  capture_output=True, text=True, timeout=120)
            said.append(f"$ freshet refresh {' '.join(map(fill, arguments))}   -> exit {done.returncode}")
            try:
                report = json.loads(done.stdout)
            except ValueError:
                report = {"raw": done.stdout}
            brief = {k: report.get(k) for k in ("listed", "refreshed", "unchanged", "skipped", "removed", "failed", "held", "chunks", "error") if report.get(k) not in (None, 0)}
            said.append("  report " + json.dumps(brief, ensure_ascii=False))
            for root in report.get("roots", []):
                if root.get("outcome") != "refreshed" or verbose:
                    said.append("  root " + json.dumps(root, ensure_ascii=False))
            for source in report.get("sources", []):
                said.append("  source " + json.dumps(source, ensure_ascii=False))
            if done.stderr.strip():
                said.append("  stderr " + done.stderr.strip()[:1500])
        stored = rows(repository)
        text = "\n\f\n".join(r["text"] for r in stored)
        sections = stored
        if spec.get("small"):
            (scratch / "freshet.toml").write_text("[chunker]\nmax_chunk_size = %d\noverlap_size = 0\n" % (60 if spec["small"] is True else spec["small"]))
            subprocess.run([FRESHET, "--repository", str(scratch / "small"), "--config", str(scratch / "freshet.toml"), "refresh",
                            *map(fill, spec["refresh"][-1]), "--json"], capture_output=True, timeout=120)
            sections = rows(scratch / "small")
            for r in sections: said.append(f"  section path={r['path']!r} url={r['url']}")
        for r in stored:
            said.append(f"--- {r['uri']} | title={r['title']!r} | path={r['path']!r} | url={r['url']}\n{r['text']}")
            if verbose: said.append("    metadata " + r["metadata"])
        def expect(ok, what):
            if not ok: problems.append(what)
        if "exit" in spec: expect(done.returncode in spec["exit"], f"exit {done.returncode}, not one of {spec['exit']}")
        for part in spec.get("must", []): expect(part in text, f"stored text lacks {part!r}")
        for part in spec.get("must_not", []): expect(part not in text, f"stored text has {part!r}")
        at = 0
        for part in spec.get("must_order", []):
            found = text.find(part, at)
            expect(found >= 0, f"{part!r} does not follow")
            at = max(at, found)
        for key, column in (("titles", "path"), ("urls", "url"), ("uris", "uri"), ("doc_titles", "title"), ("metadata", "metadata")):
            have = [r[column] for r in (sections if key in ("titles", "urls") else stored)]
            for part in spec.get(key, []): expect(any(fill(part) in h for h in have), f"no stored {column} has {fill(part)!r}")
            for part in spec.get(key + "_not", []): expect(not any(fill(part) in h for h in have), f"a stored {column} has {fill(part)!r}")
        for key, value in spec.get("report", {}).items():
            expect(report.get(key, 0) == value, f"report: {key} is {report.get(key, 0)}, not {value}")
        if "longest" in spec: expect(max((len(r["text"]) for r in stored), default=0) <= spec["longest"], "a chunk is too long")
        for query in spec.get("queries", []):
            arguments = [FRESHET, "--repository", str(repository), "query", "-k", str(query.get("k", 3)), "--json"]
            if "mode" in query: arguments += ["--mode", query["mode"]]
            done = subprocess.run(arguments + ["--", query["text"]], capture_output=True, text=True, timeout=60)
            answer = json.loads(done.stdout or "{}")
            hits = answer.get("hits", [])
            said.append(f"$ freshet query {query['text']!r} {query.get('mode', '')} -> exit {done.returncode}, {[h['uri'].rsplit('/', 1)[1] for h in hits]} {answer.get('error', '')}")
            if "first" in query: expect(bool(hits) and query["first"] in hits[0]["uri"], f"query {query['text']!r}: first hit is {hits[0]['uri'] if hits else None}, not {query['first']}")
            if "some" in query: expect(bool(hits) == query["some"], f"query {query['text']!r}: {len(hits)} hits")
        if "check" in spec:
            done = subprocess.run([sys.executable, str(case / spec["check"])], capture_output=True, text=True, timeout=120)
            said.append(done.stdout + done.stderr)
            expect(done.returncode == 0, f"{spec['check']}: " + done.stdout.strip().replace("\n", "; "))
        if spec.get("show_requests"):
            for path, headers in site.log: said.append(f"  GET {path} {json.dumps({k: v for k, v in headers.items() if k.lower().startswith('if-')})}")
    finally:
        site.close()
        if os.environ.get("KEEP"): print("kept", scratch)
        else: shutil.rmtree(scratch, ignore_errors=True)
    print(f"{'FAIL' if problems else 'ok  '} {case.name}")
    for problem in problems: print("     " + problem)
    if verbose: print("\n".join(said))
    return not problems


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    verbose = "-v" in sys.argv
    cases = [HERE / n for n in names] or sorted(p.parent for p in HERE.glob("*/case.json"))
    good = sum(run(case, verbose) for case in cases)
    print(f"{good} of {len(cases)} as expected")
    return good != len(cases)


if __name__ == "__main__":
    sys.exit(main())

"""A model is fetched by its name from a server that speaks as Hugging Face does: whole, of one commit, and checked, or not at all."""
import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import threading

from e2e import Case, build_dir, main

COMMIT = "c" * 40
FILES = {"config.json": b"{}", "tokenizer.json": b'{"a": 1}', "model.safetensors": bytes(range(256)) * 3000, "1_Pooling/config.json": b"{}",
         "README.md": b"# A model", "pytorch_model.bin": b"not read", "onnx/model.onnx": b"not read", "vocab.txt": b""}


class Hub:
    """Lists FILES and serves them; large ones from another origin, as the hub does."""

    def __init__(self):
        self.files, self.requests, self.status = dict(FILES), [], {}
        self.servers = [self.start(self.answer_hub), self.start(self.answer_cdn)]
        self.url, self.cdn = (f"http://127.0.0.1:{each.server_port}" for each in self.servers)

    def start(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *_):
                pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def send(self, handler, status, body=b"", **headers):
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def answer_hub(self, handler):
        self.requests.append((handler.path, handler.headers.get("Authorization")))
        listing, base = "/api/models/team/small/revision/", f"/team/small/resolve/{COMMIT}/"
        for part, status in self.status.items():
            if part in handler.path:
                return self.send(handler, status)
        if handler.path.startswith(listing + "main?") or handler.path.startswith(listing + "v1?"):
            return self.send(handler, 200, json.dumps({"sha": COMMIT, "siblings": [self.describe(*each) for each in FILES.items()]}).encode())
        name = handler.path.removeprefix(base)
        if name == "model.safetensors":
            return self.send(handler, 302, Location=f"{self.cdn}/blob")
        return self.send(handler, 200, self.files[name]) if name in self.files else self.send(handler, 404)

    def answer_cdn(self, handler):
        self.requests.append((handler.path, handler.headers.get("Authorization")))
        self.send(handler, 200, self.files["model.safetensors"])

    @staticmethod
    def describe(name, content):
        about = {"rfilename": name, "size": len(content)}
        if name == "model.safetensors":
            about["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        return about

    def close(self):
        for each in self.servers:
            each.shutdown()
            each.server_close()


class Models(Case):
    def setUp(self):
        super().setUp()
        self.hub = Hub()
        self.addCleanup(self.hub.close)
        self.environment = {**os.environ, "HF_ENDPOINT": self.hub.url, "HF_TOKEN": "hf_secret", "XDG_DATA_HOME": str(self.home)}
        self.models = self.home / "freshet" / "models"

    def add(self, name, *more, exit_code=0):
        done = subprocess.run([pathlib.Path(build_dir()).resolve() / "bin" / "freshet", "models", "add", name, *more, "--json"],
                              env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, exit_code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_all_that_a_model_is_read_from_comes_and_nothing_else(self):
        added = self.add("team/small")
        self.assertEqual(added["name"], "small")
        kept = {str(path.relative_to(self.models / "small")): path.read_bytes() for path in (self.models / "small").rglob("*") if path.is_file()}
        sums = kept.pop("SHA256SUMS").decode()
        self.assertEqual(kept, {name: FILES[name] for name in FILES if name not in ("pytorch_model.bin", "onnx/model.onnx")})
        self.assertIn(hashlib.sha256(FILES["model.safetensors"]).hexdigest(), sums)

    def test_the_key_goes_to_the_hub_alone(self):
        self.add("team/small@v1", "--name", "other")
        keys = {path == "/blob": key for path, key in self.hub.requests}
        self.assertEqual(keys, {False: "Bearer hf_secret", True: None})

    def test_what_is_not_what_the_hub_says_leaves_nothing(self):
        for name, content in (("model.safetensors", b"x" * len(FILES["model.safetensors"])), ("tokenizer.json", b"{}")):
            self.hub.files = {**FILES, name: content}
            self.assertEqual(self.add("team/small", exit_code=3)["error"]["code"], "corrupt")
        for part, status, code in (("revision", 404, "not_found"), ("revision", 401, "denied"), ("tokenizer", 500, "remote")):
            self.hub.files, self.hub.status = dict(FILES), {part: status}
            self.assertEqual(self.add("team/small", exit_code=3)["error"]["code"], code)
        self.assertEqual([each for each in self.models.iterdir() if not each.name.startswith(".")], [])
        self.environment["HF_ENDPOINT"] = "http://127.0.0.1:9"
        self.assertEqual(self.add("team/small", exit_code=3)["error"]["code"], "network")


if __name__ == "__main__":
    main()

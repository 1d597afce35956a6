#!/usr/bin/env python3
"""An OpenAI-compatible server of embeddings, in so far as the embedder needs one. Faults go by the model's name:
fault-short (a vector is missing), fault-429 (once), fault-nan."""
import hashlib
import http.server
import json
import math
import threading


def vector(text, size=64):
    values = [0.0] * size
    for word in text.lower().split():
        digest = hashlib.md5(word.encode()).digest()
        values[digest[0] % size] += 1.0 if digest[1] & 1 else -1.0
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values] if length else [1.0] + values[1:]


class Server:
    def __init__(self, key):
        self.key, self.texts, self.refused = key, [], 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, headers, answer = outer.answer(self.headers.get("authorization"), body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, authorization, body):
        if authorization != f"Bearer {self.key}":
            return 401, {}, {"error": {"message": "bad key"}}
        model, texts = body["model"], body["input"]
        if model == "fault-429" and not self.refused:
            self.refused += 1
            return 429, {"retry-after": "0"}, {"error": {"message": "slow down"}}
        self.texts += texts
        data = [{"index": i, "embedding": vector(text), "object": "embedding"} for i, text in enumerate(texts)]
        if model == "fault-short":
            data.pop()
        if model == "fault-nan":
            data[0]["embedding"][0] = 1e39
        return 200, {}, {"object": "list", "data": data, "model": model, "usage": {"total_tokens": 7 * len(texts)}}

    def close(self):
        self.server.shutdown()
        self.server.server_close()

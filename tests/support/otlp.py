"""A collector of OTLP over HTTP that keeps what it gets."""
import http.server
import json
import threading


class Collector:
    def __init__(self, status=200):
        collector = self
        self.status, self.bodies, self.headers = status, {"/v1/traces": [], "/v1/metrics": []}, []
        self.hold = threading.Event()
        self.hold.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.hold.wait(60)
                collector.bodies[self.path].append(body)
                collector.headers.append(dict(self.headers))
                self.send_response(collector.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self):
        """As they stand in the messages."""
        bodies = [json.loads(body) for body in self.bodies["/v1/traces"]]
        return [span for body in bodies for resource in body["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()

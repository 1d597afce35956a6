"""A strict stand-in for POST /v1/embeddings, written from OpenAI's API reference: what it refuses, it refuses as
OpenAI does, and what was paid for is counted text by text."""
import base64
import collections
import contextlib
import hashlib
import http.server
import json
import math
import struct
import threading

MODELS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536, "small": 8}
MOST_INPUTS, MOST_TEXT_TOKENS, MOST_TOKENS = 2048, 8192, 300_000
KNOWN_KEYS = {"input", "model", "encoding_format", "dimensions", "user"}


def tokens_of(text):
    """Not a tokenizer: a token for every four bytes begun."""
    return (len(text.encode()) + 3) // 4


def vector_of(text, dimension):
    """Of length 1, the same for the same text; a shorter one is the cut and normalised longer one, as OpenAI's are."""
    stream, numbers = hashlib.sha256(text.encode()).digest(), []
    while len(numbers) < dimension:
        stream = hashlib.sha256(stream).digest()
        numbers += [value / 2**31 - 1 for value in struct.unpack("<8I", stream)]
    numbers = numbers[:dimension]
    length = math.sqrt(sum(value * value for value in numbers))
    return [struct.unpack("<f", struct.pack("<f", value / length))[0] for value in numbers]


class Refusal(Exception):
    def __init__(self, status, message, kind="invalid_request_error", code=None, param=None, headers=None):
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class Embeddings:
    """`fault` may take a request before it is answered: it is called with the handler and the request's body, and gives
    None, or (status, headers, bytes), or raises a Refusal, or answers by itself and gives False."""

    def __init__(self, key="sk-test-0123456789"):
        service = self
        self.key = key
        self.requests = []            # (status, texts) of each, in the order of their answers
        self.paid = collections.Counter()
        self.tokens = 0
        self.bytes_in = self.bytes_out = 0
        self.headers = []
        self.base64 = True            # False: knows floats only, and says so
        self.fault = lambda handler, body: None
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                service.serve(self)

            def do_GET(self):
                service.answer(self, 405, {"Allow": "POST"}, Refusal(405, "Not allowed to GET").body)

            def handle(self):
                with contextlib.suppress(ConnectionError):  # the client was killed
                    super().handle()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, handler):
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        try:
            body = self.read(handler, raw)
            special = self.fault(handler, body)
            if special is False:
                return
            status, headers, answer = special or (200, {}, self.embed(body))
        except Refusal as refusal:
            body, status, headers, answer = None, refusal.status, refusal.headers, refusal.body
        self.answer(handler, status, headers, answer, self.texts_of(body) if body else [], len(raw))

    def answer(self, handler, status, headers, answer, texts=(), size=0):
        data = answer if isinstance(answer, bytes) else json.dumps(answer, indent=2).encode()
        with self.lock:
            self.requests.append((status, list(texts)))
            self.headers.append({name.lower(): value for name, value in handler.headers.items()})
            self.bytes_in += size
            self.bytes_out += len(data)
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "x-request-id": "req_1", **headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def read(self, handler, raw):
        """The body of a request that is allowed; anything else is refused."""
        if handler.path != "/v1/embeddings":
            raise Refusal(404, f"Invalid URL (POST {handler.path})")
        if self.key and handler.headers.get("Authorization") != f"Bearer {self.key}":
            sent = (handler.headers.get("Authorization") or "").removeprefix("Bearer ")
            raise Refusal(401, f"Incorrect API key provided: {sent}.", code="invalid_api_key")
        if handler.headers.get_content_type() != "application/json":
            raise Refusal(415, "Unsupported content type")
        try:
            body = json.loads(raw.decode())
        except ValueError:
            raise Refusal(400, "We could not parse the JSON body of your request.") from None
        self.check(body)
        return body

    def check(self, body):
        for key in body.keys() - KNOWN_KEYS:
            raise Refusal(400, f"Unrecognized request argument supplied: {key}")
        dimension = MODELS.get(body.get("model"))
        if dimension is None:
            raise Refusal(404, f"The model `{body.get('model')}` does not exist or you do not have access to it.", code="model_not_found")
        if body.get("encoding_format", "float") not in (("float", "base64") if self.base64 else ("float",)):
            raise Refusal(400, f"'{body['encoding_format']}' is not one of ['float'] - 'encoding_format'", param="encoding_format")
        wanted = body.get("dimensions")
        if wanted is not None and "-3-" not in body["model"]:
            raise Refusal(400, "This model does not support specifying dimensions.", param="dimensions")
        if wanted is not None and not (isinstance(wanted, int) and 1 <= wanted <= dimension):
            raise Refusal(400, f"Invalid value for 'dimensions' = {wanted}. Must be less than or equal to {dimension}.", param="dimensions")
        self.check_texts(body.get("input"))

    @staticmethod
    def check_texts(given):
        texts = [given] if isinstance(given, str) else given
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
            raise Refusal(400, "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
        if len(texts) > MOST_INPUTS:
            raise Refusal(400, "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array "
                          f"with length {len(texts)} instead.", code="array_above_max_length", param="input")
        if "" in texts:
            raise Refusal(400, "Invalid 'input': input cannot be an empty string.", param="input")
        for index, text in enumerate(texts):
            if tokens_of(text) > MOST_TEXT_TOKENS:
                raise Refusal(400, f"Invalid 'input[{index}]': maximum input length is 8192 tokens.")
        total = sum(map(tokens_of, texts))
        if total > MOST_TOKENS:
            raise Refusal(400, f"Requested {total} tokens, max 300000 tokens per request", "max_tokens_per_request", "max_tokens_per_request")

    @staticmethod
    def texts_of(body):
        return [body["input"]] if isinstance(body["input"], str) else body["input"]

    def embed(self, body):
        texts = self.texts_of(body)
        tokens = sum(map(tokens_of, texts))
        with self.lock:
            self.paid.update(texts)
            self.tokens += tokens
        dimension = body.get("dimensions", MODELS[body["model"]])
        data = []
        for index, text in enumerate(texts):
            vector = vector_of(text, dimension)
            if body.get("encoding_format") == "base64":
                vector = base64.b64encode(struct.pack(f"<{dimension}f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector})
        return {"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}

    def reset(self):
        """Forgets what was asked and paid, and makes everything right again."""
        with self.lock:
            self.requests, self.headers, self.paid = [], [], collections.Counter()
            self.tokens = self.bytes_in = self.bytes_out = 0
        self.fault = lambda handler, body: None

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

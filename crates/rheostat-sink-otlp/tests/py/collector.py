"""A collector for logs and metrics, by gRPC and HTTP, that refuses whatever the
specification does not allow, and goes wrong as it is told.

    collector.py HTTP-PORT GRPC-PORT FOLDER [CERTIFICATES]

What it takes it appends to FOLDER/taken, one JSON object a line; what it finds
wrong to FOLDER/wrong; what came with each request to FOLDER/requests.
`POST /faults` takes a JSON list, one entry for each request to come:

    {"status": 429, "headers": {..}}   an answer by HTTP
    {"code": 14, "wait": 0.5}          an answer by gRPC, with RetryInfo
    {"reject": 2, "why": ".."}         it takes all but the last two
    {"hang": true}                     it takes it, and does not answer

and `POST /limits` what holds for all: {"most": 10} records a request, and
{"poison": "text"} which no record may have as its body."""

import gzip
import json
import sys
import threading
import time
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs_pb
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2_grpc as logs_rpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2_grpc as metrics_rpc

import strict

HTTP, GRPC, FOLDER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
LOCK = threading.Lock()
FAULTS, LIMITS = [], {}
LOGS = (strict.logs, logs_pb.ExportLogsServiceRequest, logs_pb.ExportLogsServiceResponse, "log_records")
METRICS = (
    strict.metrics,
    metrics_pb.ExportMetricsServiceRequest,
    metrics_pb.ExportMetricsServiceResponse,
    "data_points",
)


class Refuse(Exception):
    """An answer that is no good one: a status of HTTP, and a code of gRPC."""

    def __init__(self, why, status=400, code=3, headers=None, wait=None):
        super().__init__(why)
        self.status, self.code = status, code
        self.headers, self.wait = headers or {}, wait


def note(name, line):
    with open(f"{FOLDER}/{name}", "a", encoding="utf-8") as out:
        out.write(line + "\n")


def take(kind, request):
    """Takes a request, or raises what is to be answered; gives the answer."""
    read, _, response, items = kind
    with LOCK:
        fault = FAULTS.pop(0) if FAULTS else {}
        try:
            found = list(read(request))
        except strict.Wrong as wrong:
            note("wrong", str(wrong))
            raise Refuse(f"wrong: {wrong}") from wrong
        if "most" in LIMITS and len(found) > LIMITS["most"]:
            raise Refuse("larger than max", status=413, code=8)
        if any(one.get("body") == ["string", LIMITS.get("poison")] for one in found):
            raise Refuse("poisoned")
        if "status" in fault or "code" in fault:
            headers, wait = fault.get("headers"), fault.get("wait")
            raise Refuse("as asked", fault.get("status", 500), fault.get("code", 13), headers, wait)
        rejected = fault.get("reject", 0)
        kept = found[: len(found) - rejected]
        with open(f"{FOLDER}/taken", "a", encoding="utf-8") as out:
            out.writelines(json.dumps(one) + "\n" for one in kept)
    if fault.get("hang"):
        time.sleep(3600)
    answer = response()
    if rejected or "why" in fault:
        setattr(answer.partial_success, f"rejected_{items}", rejected)
        answer.partial_success.error_message = fault.get("why", "")
    return answer


def retry_info(code, why, wait):
    """google.rpc.Status with google.rpc.RetryInfo, byte by byte."""

    def number(value):
        out = b""
        while value > 127:
            out, value = out + bytes([value & 127 | 128]), value >> 7
        return out + bytes([value])

    def field(tag, held):
        return bytes([tag << 3 | 2]) + number(len(held)) + held

    seconds, nanos = int(wait), int(wait % 1 * 1e9)
    delay = b"\x08" + number(seconds) + b"\x10" + number(nanos)
    url = b"type.googleapis.com/google.rpc.RetryInfo"
    info = field(1, url) + field(2, field(1, delay))
    return b"\x08" + number(code) + field(2, why.encode()) + field(3, info)


def called(kind, request, context):
    head = {key: value for key, value in context.invocation_metadata()}
    note("requests", json.dumps({"by": "grpc", **head}))
    try:
        return take(kind, request)
    except Refuse as refuse:
        if refuse.wait is not None:
            details = retry_info(refuse.code, str(refuse), refuse.wait)
            context.set_trailing_metadata([("grpc-status-details-bin", details)])
        code = next(one for one in grpc.StatusCode if one.value[0] == refuse.code)
        context.abort(code, str(refuse))


class Logs(logs_rpc.LogsServiceServicer):
    def Export(self, request, context):
        return called(LOGS, request, context)


class Metrics(metrics_rpc.MetricsServiceServicer):
    def Export(self, request, context):
        return called(METRICS, request, context)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, b"pong")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in ("/faults", "/limits"):
            with LOCK:
                if self.path == "/faults":
                    FAULTS[:] = json.loads(body)
                else:
                    LIMITS.clear()
                    LIMITS.update(json.loads(body))
            return self.answer(200, b"")
        head = {key.lower(): value for key, value in self.headers.items()}
        note("requests", json.dumps({"by": "http", "path": self.path, **head}))
        kind = {"/v1/logs": LOGS, "/v1/metrics": METRICS}.get(self.path)
        if kind is None:
            return self.answer(404, b"")
        if head["content-type"] != "application/x-protobuf":
            return self.answer(415, b"")
        if head.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        try:
            request = kind[1].FromString(body)
            good = take(kind, request).SerializeToString()
            self.answer(200, good, {"Content-Type": "application/x-protobuf"})
        except Refuse as refuse:
            status = b"\x08\x03" + b"\x12" + bytes([len(str(refuse))]) + str(refuse).encode()
            headers = {"Content-Type": "application/x-protobuf", **refuse.headers}
            self.answer(refuse.status, status, headers)

    def answer(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def credentials(folder):
    """Whoever calls has to show a certificate of the CA in this folder."""

    def read(name):
        with open(f"{folder}/{name}", "rb") as file:
            return file.read()

    pair = [(read("server.key"), read("server.pem"))]
    return grpc.ssl_server_credentials(pair, read("ca.pem"), require_client_auth=True)


def main():
    options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.so_reuseport", 0)]
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=8),
        options=options,
        compression=grpc.Compression.NoCompression,
    )
    logs_rpc.add_LogsServiceServicer_to_server(Logs(), server)
    metrics_rpc.add_MetricsServiceServicer_to_server(Metrics(), server)
    if len(sys.argv) > 4:
        server.add_secure_port(f"127.0.0.1:{GRPC}", credentials(sys.argv[4]))
    else:
        server.add_insecure_port(f"127.0.0.1:{GRPC}")
    server.start()
    ThreadingHTTPServer(("127.0.0.1", HTTP), Handler).serve_forever()


main()

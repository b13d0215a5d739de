"""An OTLP trace collector made of the published messages: gRPC and HTTP.

Prints the two ports, then appends every span it gets to the file given as its
only argument, one JSON line each."""

import sys
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from spans import lines

OUT = open(sys.argv[1], "a", encoding="utf-8")
LOCK = threading.Lock()


def keep(request):
    with LOCK:
        for span in lines(request.resource_spans):
            OUT.write(span + "\n")
        OUT.flush()


class Service(trace_service_pb2_grpc.TraceServiceServicer):
    def Export(self, request, context):
        keep(request)
        return trace_service_pb2.ExportTraceServiceResponse()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/x-protobuf":
            self.send_error(400, "not an OTLP trace request")
            return
        keep(trace_service_pb2.ExportTraceServiceRequest.FromString(body))
        answer = trace_service_pb2.ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Service(), server)
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(grpc_port, web.server_port, flush=True)
    web.serve_forever()


main()

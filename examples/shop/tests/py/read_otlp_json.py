"""Reads OTLP JSON, one request a line, from stdin, with Google's JSON decoder
and the published messages; unknown fields are errors."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spans import lines

IDS = {"traceId", "spanId", "parentSpanId"}


def with_proto_ids(node):
    """OTLP writes ids in hex where protobuf's own JSON has base64."""
    if isinstance(node, list):
        return [with_proto_ids(item) for item in node]
    if isinstance(node, dict):
        return {
            key: base64.b64encode(bytes.fromhex(item)).decode() if key in IDS else with_proto_ids(item)
            for key, item in node.items()
        }
    return node


def main():
    for line in sys.stdin:
        request = json_format.ParseDict(with_proto_ids(json.loads(line)), ExportTraceServiceRequest())
        for span in lines(request.resource_spans):
            print(span)


main()

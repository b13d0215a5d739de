"""Reads lines of OTLP JSON from standard input and prints what they hold, as
the collector does; ids and numbers are checked on the way as its messages are."""

import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs_pb
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics_pb

import strict


def ids_in_base64(node):
    """OTLP writes ids in hex, where JSON of protobuf has bytes in base64."""
    if isinstance(node, list):
        for one in node:
            ids_in_base64(one)
    elif isinstance(node, dict):
        for key, held in node.items():
            if key in ("traceId", "spanId"):
                node[key] = base64.b64encode(bytes.fromhex(held)).decode()
            else:
                ids_in_base64(held)


for line in sys.stdin:
    held = json.loads(line)
    ids_in_base64(held)
    if "resourceLogs" in held:
        request, read = logs_pb.ExportLogsServiceRequest(), strict.logs
    else:
        request, read = metrics_pb.ExportMetricsServiceRequest(), strict.metrics
    json_format.ParseDict(held, request)
    for one in read(request):
        print(json.dumps(one))

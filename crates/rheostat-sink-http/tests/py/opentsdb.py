"""A strict stand-in for OpenTSDB's `/api/put?details`, written from its published API.

It takes a JSON array of points with exactly metric, timestamp, value and tags,
checks names and tags by the published rules, and answers as the API does: 200
with details where all were stored, 400 with each refused point and why where
some were not. Points of the metric `refused` are beyond its limit of UIDs.
A point of the same metric, tags and time replaces the one that was there. GET
/points gives what it holds, in order of arrival.
"""

import gzip
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

points, turn = {}, Lock()
NAME = re.compile(r"[\w\-./]+", re.UNICODE)


def judge(point):
    if set(point) != {"metric", "timestamp", "value", "tags"}:
        return "Datapoint has unknown or missing fields"
    names = [point["metric"], *point["tags"], *point["tags"].values()]
    if not all(isinstance(name, str) and NAME.fullmatch(name) for name in names):
        return "Invalid character"
    if not 1 <= len(point["tags"]) <= 8:
        return "Missing or too many tags"
    if not isinstance(point["timestamp"], int) or len(str(point["timestamp"])) not in (10, 13):
        return "Invalid timestamp"
    if isinstance(point["value"], bool) or not isinstance(point["value"], (int, float)):
        return "Unable to parse value to a number"
    if point["metric"] == "refused_total":
        return "Unknown metric: no UID left"
    return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        with turn:
            self.answer(200, list(points.values()))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/api/put?details":
            return self.answer(404, {"error": {"code": 404, "message": "Endpoint not found"}})
        if self.headers.get("Content-Type") != "application/json":
            return self.answer(415, {"error": {"code": 415, "message": "content type"}})
        if self.headers.get("Content-Encoding", "identity") == "gzip":
            body = gzip.decompress(body)
        given = json.loads(body)
        errors = []
        with turn:
            for point in given:
                why = judge(point)
                if why:
                    errors.append({"datapoint": {**point, "value": str(point["value"])}, "error": why})
                else:
                    tags = tuple(sorted(point["tags"].items()))
                    points[point["metric"], tags, point["timestamp"]] = point
        details = {"errors": errors, "failed": len(errors), "success": len(given) - len(errors)}
        self.answer(400 if errors else 200, details)

    def answer(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

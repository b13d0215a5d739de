"""A strict stand-in for InfluxDB 2, written from the published line protocol and API.

It takes POST /api/v2/write alone, with exactly org, bucket and precision, wants
`Authorization: Token …`, and reads each line by a parser of its own. What the
protocol does not say is refused with 400, as is a field whose type changes.
GET /points gives what it holds: one point for each series and time; GET
/numbers the fields `number` alone, a line each.
"""

import gzip
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

TOKEN, ORG, BUCKET = "canary", "ops", "shop"
points, types, turn = {}, {}, Lock()


class Bad(Exception):
    pass


def until(text, at, stops, escapes):
    """Reads to an unescaped character of `stops`; gives the text and where it ended."""
    out = []
    while at < len(text) and text[at] not in stops:
        if text[at] == "\\" and at + 1 < len(text) and text[at + 1] in escapes:
            at += 1
        elif text[at] in "\n\r":
            raise Bad("line feed outside of quotes")
        out.append(text[at])
        at += 1
    if at >= len(text):
        raise Bad("line ends too early")
    return "".join(out), at


def value(text, at):
    if text[at] == '"':
        out, at = [], at + 1
        while True:
            if at >= len(text):
                raise Bad("text without an end")
            if text[at] == '"':
                return "".join(out), at + 1
            if text[at] == "\\" and text[at + 1] in '"\\':
                at += 1
            out.append(text[at])
            at += 1
    found = re.match(r"[^, ]+", text[at:])
    if not found:
        raise Bad("no value")
    word, at = found.group(), at + found.end()
    if word in ("t", "T", "true", "True", "TRUE"):
        return True, at
    if word in ("f", "F", "false", "False", "FALSE"):
        return False, at
    if re.fullmatch(r"-?\d+i", word):
        number = int(word[:-1])
        if not -(2**63) <= number < 2**63:
            raise Bad(f"integer out of range: {word}")
        return number, at
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", word):
        return float(word), at
    raise Bad(f"bad value {word}")


def pair_name(text, at):
    name, at = until(text, at, "=, ", ",= \\")
    if text[at] != "=" or not name:
        raise Bad(f"no name before a value: {text}")
    return name, at + 1


def lines(text):
    """Lines end at line feeds that are not within quotes."""
    at, start, quoted = 0, 0, False
    while at < len(text):
        if quoted and text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        elif text[at] == "\n" and not quoted:
            yield text[start:at]
            start = at + 1
        at += 1
    if text[start:]:
        raise Bad("the last line does not end")


def parse(line):
    measurement, at = until(line, 0, ", ", ", \\")
    if not measurement or measurement.startswith("_"):
        raise Bad("bad measurement")
    tags, fields = {}, {}
    while line[at] == ",":
        name, at = pair_name(line, at + 1)
        tag, at = until(line, at, ", ", ",= \\")
        if not tag or name in tags or name in ("time", "_field", "_measurement"):
            raise Bad(f"bad tag {name}")
        tags[name] = tag
    while True:
        name, at = pair_name(line, at + 1)
        if name in fields or name in ("time", "_field", "_measurement") or name in tags:
            raise Bad(f"bad field {name}")
        fields[name], at = value(line, at)
        if at >= len(line):
            raise Bad("no timestamp")
        if line[at] == " ":
            break
        if line[at] != ",":
            raise Bad(f"something behind a value: {line}")
    if not re.fullmatch(r"-?\d+", line[at + 1:]):
        raise Bad(f"bad timestamp {line[at + 1:]}")
    return measurement, tags, fields, int(line[at + 1:])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/numbers":
            with turn:
                held = "".join(f"{f['number']}\n" for f in points.values() if "number" in f)
            return self.answer(200, held)
        with turn:
            held = [dict(measurement=m, tags=dict(t), fields=f, time=at)
                    for (m, t, at), f in points.items()]
        self.answer(200, json.dumps(held))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = urlsplit(self.path)
        given = parse_qs(url.query, strict_parsing=True)
        if url.path != "/api/v2/write":
            return self.refuse(404, "not found", "path not found")
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            return self.refuse(401, "unauthorized", f"unauthorized: {self.headers.get('Authorization')}")
        if set(given) != {"org", "bucket", "precision"} or given["precision"] != ["ns"]:
            return self.refuse(400, "invalid", f"parameters {sorted(given)}")
        if given["org"] != [ORG] or given["bucket"] != [BUCKET]:
            return self.refuse(404, "not found", "bucket not found")
        if not self.headers.get("Content-Type", "").startswith("text/plain"):
            return self.refuse(415, "invalid", "content type")
        if self.headers.get("Content-Encoding", "identity") == "gzip":
            body = gzip.decompress(body)
        try:
            read = [parse(line) for line in lines(body.decode("utf-8"))]
        except (Bad, UnicodeDecodeError, IndexError) as error:
            return self.refuse(400, "invalid", f"unable to parse: {error}")
        conflict = None
        with turn:
            for measurement, tags, fields, at in read:
                kinds = {(measurement, k): type(v).__name__ for k, v in fields.items()}
                wrong = [k for k, v in kinds.items() if types.setdefault(k, v) != v]
                if wrong:
                    conflict = f"field type conflict: {wrong[0][1]}"
                    continue
                point = points.setdefault((measurement, tuple(sorted(tags.items())), at), {})
                point.update(fields)
        if conflict:
            return self.refuse(422, "unprocessable entity", f"failure writing points: partial write: {conflict}")
        self.answer(204, "")

    def refuse(self, status, code, message):
        self.answer(status, json.dumps(dict(code=code, message=message)))

    def answer(self, status, text):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

"""A strict stand-in for Elasticsearch's `_bulk`, written from its published API.

It takes NDJSON of `create` actions with exactly `_index` and `_id`, answers for
each item, and refuses what the API does not know. A document whose field
`fields.cents` is no number fails by itself, as a mapping would have it. An id
that is there already is a version conflict. POST /fail?item=429 makes every
other item fail so once. GET /docs gives what it holds, in order of arrival; GET
/numbers the fields `number` alone, a line each.
"""

import gzip
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

docs, turn, fail = {}, Lock(), {"item": None}
FILTER = "errors,items.*.status,items.*.error.type,items.*.error.reason"


class Bad(Exception):
    pass


def index_name(name):
    return (name == name.lower() and not re.search(r'[ "*,/<>?\\|#:]', name)
            and name not in ("", ".", "..") and name[0] not in "-_+")


def items(text):
    if not text.endswith("\n"):
        raise Bad("The bulk request must be terminated by a newline [\\n]")
    lines = text[:-1].split("\n")
    if len(lines) % 2:
        raise Bad("an action without a document")
    for action, document in zip(lines[::2], lines[1::2]):
        action, document = json.loads(action), json.loads(document)
        if set(action) != {"create"} or set(action["create"]) != {"_index", "_id"}:
            raise Bad(f"Malformed action/metadata line {action}")
        if not isinstance(document, dict) or "@timestamp" not in document:
            raise Bad("a document without @timestamp")
        yield action["create"], document


def judge(action, document, at):
    key = (action["_index"], action["_id"])
    if not index_name(action["_index"]):
        return 400, "invalid_index_name_exception", f"Invalid index name [{action['_index']}]"
    if len(action["_id"].encode()) > 512:
        return 400, "illegal_argument_exception", "id is too long"
    if fail["item"] and at % 2:
        return fail["item"], "es_rejected_execution_exception", "rejected execution of coordinating operation"
    if key in docs:
        return 409, "version_conflict_engine_exception", f"[{action['_id']}]: version conflict, document already exists"
    cents = document.get("fields", {}).get("cents", 0)
    if isinstance(cents, str):
        return 400, "document_parsing_exception", f"failed to parse field [fields.cents] of type [long]: '{cents}'"
    docs[key] = document
    return 201, None, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/numbers":
            with turn:
                held = "".join(f"{doc['fields']['number']}\n" for doc in docs.values()
                               if "number" in doc.get("fields", {}))
            return self.send(200, held.encode())
        with turn:
            held = [dict(index=index, id=id, doc=doc) for (index, id), doc in docs.items()]
        self.answer(200, held)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        url = urlsplit(self.path)
        given = {k: v[0] for k, v in parse_qs(url.query, strict_parsing=True).items()}
        if url.path == "/fail":
            fail["item"] = int(given["item"]) or None
            return self.answer(200, {})
        if url.path != "/_bulk" or given != {"filter_path": FILTER}:
            return self.answer(400, error("unrecognized parameter", self.path))
        if self.headers.get("Authorization") != "Basic am9lOmNhbmFyeQ==":
            return self.answer(401, error("security_exception", "unable to authenticate user"))
        if self.headers.get("Content-Type") != "application/x-ndjson":
            return self.answer(406, error("media_type_header_exception", "Content-Type"))
        if self.headers.get("Content-Encoding", "identity") == "gzip":
            body = gzip.decompress(body)
        try:
            read = list(items(body.decode("utf-8")))
        except (Bad, ValueError) as wrong:
            return self.answer(400, error("illegal_argument_exception", str(wrong)))
        results, failed = [], False
        with turn:
            for at, (action, document) in enumerate(read):
                status, kind, reason = judge(action, document, at)
                result = {"status": status}
                if kind:
                    failed = True
                    result["error"] = {"type": kind, "reason": reason}
                results.append({"create": result})
        self.answer(200, {"errors": failed, "items": results})

    def answer(self, status, value):
        self.send(status, json.dumps(value).encode())

    def send(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def error(kind, reason):
    return {"error": {"type": kind, "reason": reason}, "status": 400}


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

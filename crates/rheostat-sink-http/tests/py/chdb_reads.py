"""Plays a ClickHouse of today over HTTP, with the real engine (chdb) behind it.

The engine has no network port of its own. This passes each statement on as it
came: the query from the URL, with its settings, and the body's bytes as the
data of an INSERT. A statement that the engine refuses is answered as a server
would: with a status, the exception's number in a header, and its text.
"""

import re
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

KNOWN = {"query", "insert_deduplication_token", "async_insert",
         "wait_for_async_insert", "async_insert_deduplicate"}
session = Session(tempfile.mkdtemp())
# One statement at a time; connections may be many, and stay.
turn = Lock()


def run(sql, settings, body):
    if sql.startswith("INSERT INTO"):
        # The engine reads the data from a file: the very bytes, nothing between.
        head, name = sql.rsplit(" FORMAT ", 1)
        with tempfile.NamedTemporaryFile() as data:
            data.write(body)
            data.flush()
            given = ", ".join(f"{k} = {v!r}" for k, v in settings.items())
            given = f" SETTINGS {given}" if given else ""
            return session.query(f"{head} FROM INFILE '{data.name}'{given} FORMAT {name}", "TabSeparated")
    form = re.search(r" FORMAT (\w+)$", sql)
    if form:
        return session.query(sql[: form.start()], form.group(1))
    return session.query(sql, "TabSeparated")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer(200, b"Ok.\n")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        settings = dict(parse_qsl(urlsplit(self.path).query, strict_parsing=bool(urlsplit(self.path).query)))
        unknown = set(settings) - KNOWN
        if unknown:
            return self.answer(404, f"Code: 115. Unknown setting {unknown}".encode())
        sql = settings.pop("query", None)
        if sql is None:
            sql, body = body.decode(), b""
        try:
            with turn:
                result = run(sql, settings, body)
            self.answer(200, result.bytes() if result is not None else b"")
        except Exception as error:  # the engine has one kind for all of them
            self.answer(500, str(error).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

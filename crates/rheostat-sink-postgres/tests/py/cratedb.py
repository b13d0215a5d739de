"""A stand-in for CrateDB: PostgreSQL's protocol as its documentation says CrateDB speaks it.

Usage: cratedb.py PORT. It listens there on 127.0.0.1; a database of the name `control` is for the test, which may
`SHOW rows TABLE`, `SHOW columns TABLE`, `SHOW statements` and `SET fault WHAT`. Whatever it does not know, it refuses.
"""

import datetime
import json
import re
import socketserver
import struct
import sys
import threading

TYPES = {
    "text": (25, "text"),
    "boolean": (16, "boolean"),
    "smallint": (21, "smallint"),
    "integer": (23, "integer"),
    "bigint": (20, "bigint"),
    "real": (700, "real"),
    "double precision": (701, "double precision"),
    "timestamp with time zone": (1184, "timestamp with time zone"),
    "object(ignored)": (114, "object"),
    "array(text)": (1009, "text_array"),
    "array(integer)": (1007, "integer_array"),
    "array(bigint)": (1016, "bigint_array"),
    "array(double precision)": (1022, "double precision_array"),
}
LIMITS = {"smallint": 1 << 15, "integer": 1 << 31, "bigint": 1 << 63}
MOST_PARAMETERS = 32767

lock = threading.Lock()
tables = {}
statements = []
faults = []


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class Table:
    def __init__(self, columns, key):
        self.columns = columns
        self.key = key
        self.not_null = set()
        self.rows = []
        self.keys = set()


def name(text):
    """`"a"` or `"s"."a"`, as the table's schema and name."""
    found = re.fullmatch(r'(?:"((?:[^"]|"")+)"\.)?"((?:[^"]|"")+)"', text)
    if not found:
        raise Refusal("42601", f"no viable alternative at input '{text}'")
    schema = found[1] or "doc"
    return schema.replace('""', '"'), found[2].replace('""', '"')


def column(text):
    found = re.fullmatch(r'("(?:[^"]|"")+") (.+?)( NOT NULL)?( PRIMARY KEY)?', text)
    if not found:
        raise Refusal("42601", f"no viable alternative at input '{text}'")
    column = name(found[1])[1]
    if found[2] not in TYPES:
        raise Refusal("42704", f"Cannot find data type: {found[2]}")
    if "." in column or "[" in column or column.startswith("_"):
        raise Refusal("42602", f'"{column}" conflicts with the pattern of columns')
    return column, found[2], bool(found[3]), bool(found[4])


def find(text):
    at = name(text)
    if at not in tables:
        raise Refusal("42P01", f"Relation '{at[1]}' unknown")
    return tables[at]


def split(text):
    """What stands between commas outside of quotes and parentheses."""
    return re.findall(r'(?:"[^"]*"|\([^)]*\)|[^,("])+', text)


def create(sql):
    found = re.fullmatch(r"CREATE TABLE IF NOT EXISTS (\S+) \((.*)\)", sql, re.S)
    if not found:
        raise Refusal("42601", f"mismatched input in '{sql[:40]}'")
    at = name(found[1])
    if at in tables:
        return "CREATE TABLE"
    columns, keys, not_null = {}, [], set()
    for written in split(found[2]):
        known, ty, must, is_key = column(written.strip())
        columns[known] = ty
        keys += [known] if is_key else []
        not_null |= {known} if must or is_key else set()
    if len(keys) > 1:
        raise Refusal("42601", "more than one column is a PRIMARY KEY")
    table = Table(columns, keys[0] if keys else None)
    table.not_null = not_null
    tables[at] = table
    return "CREATE TABLE"


def alter(sql):
    found = re.fullmatch(r"ALTER TABLE (\S+) ADD COLUMN (.*)", sql, re.S)
    if not found:
        raise Refusal("42601", f"mismatched input in '{sql[:40]}'")
    table = find(found[1])
    known, ty, _, _ = column(found[2])
    if known in table.columns:
        raise Refusal("42701", f"The table already has a column named {known}")
    table.columns[known] = ty
    return "ALTER TABLE"


def describe(sql):
    found = re.fullmatch(
        r"SELECT column_name, data_type, is_nullable = false AND column_default IS NULL, false, column_default IS NOT NULL "
        r"FROM information_schema\.columns WHERE table_schema = (CURRENT_SCHEMA|'[^']*') AND table_name = '([^']*)' "
        r"AND is_generated = 'NEVER' ORDER BY ordinal_position",
        sql,
    )
    if not found:
        raise Refusal("42601", f"mismatched input in '{sql[:60]}'")
    schema = "doc" if found[1] == "CURRENT_SCHEMA" else found[1].strip("'")
    table = tables.get((schema, found[2]))
    if not table:
        return []
    rows = []
    for known, ty in table.columns.items():
        rows.append([known, TYPES[ty][1], "t" if known in table.not_null else "f", "f", "f"])
        if ty.startswith("object"):
            # It lists what is inside of objects, too.
            rows.append([f"{known}['x']", "text", "f", "f", "f"])
    return rows


def insert(sql):
    """The table, the columns and how many rows of parameters there are."""
    found = re.fullmatch(r"INSERT INTO (\S+) \(([^)]*)\) VALUES (.*) ON CONFLICT DO NOTHING", sql, re.S)
    if not found:
        raise Refusal("42601", f"mismatched input in '{sql[:40]}'")
    table = find(found[1])
    columns = [name(part.strip())[1] for part in split(found[2])]
    for known in columns:
        if known not in table.columns:
            raise Refusal("42703", f"Column {known} unknown")
    numbers = [int(number) for number in re.findall(r"\$(\d+)", found[3])]
    rows = len(numbers) // len(columns)
    tuples = ", ".join("(" + ", ".join(f"${row * len(columns) + at + 1}" for at in range(len(columns))) + ")" for row in range(rows))
    if found[3] != tuples or rows == 0:
        raise Refusal("42601", "mismatched parameters")
    if len(numbers) > MOST_PARAMETERS:
        raise Refusal("XX000", "too many parameters")
    return table, columns, rows


def array(text):
    found = re.fullmatch(r"\{(.*)\}", text, re.S)
    if not found:
        raise Refusal("22P02", f"Cannot cast value `{text}` to an array")
    items = re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', found[1], re.S)
    return [re.sub(r"\\(.)", r"\1", quoted, flags=re.S) if not bare else bare for quoted, bare in items]


def value(text, ty):
    if text is None:
        return None
    if ty == "text":
        return text
    if ty == "boolean":
        if text not in ("true", "false", "t", "f"):
            raise Refusal("22P02", f"Cannot cast value `{text}` to type `boolean`")
        return text[0] == "t"
    if ty in LIMITS:
        if not re.fullmatch(r"-?\d+", text) or not -LIMITS[ty] <= int(text) < LIMITS[ty]:
            raise Refusal("22003", f"Cannot cast value `{text}` to type `{ty}`")
        return int(text)
    if ty in ("real", "double precision"):
        return float(text)
    if ty.startswith("timestamp"):
        moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
        # Kept to the millisecond.
        return int(moment.timestamp() * 1_000_000) // 1000
    if ty == "object(ignored)":
        held = json.loads(text)
        if not isinstance(held, dict):
            raise Refusal("22P02", f"Cannot cast value `{text}` to type `object`")
        for known in held:
            if "." in known or "[" in known or "]" in known:
                raise Refusal("42602", f'"{known}" is no name of a column')
        return held
    inner = re.fullmatch(r"array\((.*)\)", ty)[1]
    return [value(item, inner) for item in array(text)]


def run(table, columns, texts):
    """Row by row: there are no transactions, and rows before the one that is refused stay."""
    done = 0
    for start in range(0, len(texts), len(columns)):
        row = {}
        for known, text in zip(columns, texts[start:]):
            try:
                row[known] = value(text, table.columns[known])
            except ValueError as error:
                raise Refusal("22P02", f"Cannot cast value `{text}` to type `{table.columns[known]}`: {error}")
        for known in table.not_null:
            if row.get(known) is None:
                raise Refusal("23502", f'"{known}" must not be null')
        if row.get("number") == 13:
            raise Refusal("23514", "Failed CONSTRAINT unlucky CHECK")
        if table.key:
            if row[table.key] in table.keys:
                continue
            table.keys.add(row[table.key])
        table.rows.append(row)
        done += 1
    return done


class Session(socketserver.BaseRequestHandler):
    def read(self, length):
        got = b""
        while len(got) < length:
            part = self.request.recv(length - len(got))
            if not part:
                raise ConnectionError
            got += part
        return got

    def send(self, kind, body=b""):
        self.request.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def error(self, refusal):
        fields = {"S": "ERROR", "V": "ERROR", "C": refusal.code, "M": str(refusal)}
        body = b"".join(key.encode() + text.encode() + b"\0" for key, text in fields.items())
        self.send(b"E", body + b"\0")

    def handle(self):
        try:
            self.start()
            while True:
                kind = self.read(1)
                (length,) = struct.unpack("!i", self.read(4))
                self.message(kind, self.read(length - 4))
        except (ConnectionError, OSError):
            pass

    def start(self):
        (length,) = struct.unpack("!i", self.read(4))
        body = self.read(length - 4)
        (version,) = struct.unpack("!i", body[:4])
        if version == 80877103:
            self.request.sendall(b"N")
            return self.start()
        if version != 196608:
            raise ConnectionError
        words = body[4:].rstrip(b"\0").split(b"\0")
        options = dict(zip(words[::2], words[1::2]))
        self.is_control = options.get(b"database") == b"control"
        if not self.is_control:
            # Its method `password`: in plain text.
            self.send(b"R", struct.pack("!i", 3))
            kind = self.read(1)
            (length,) = struct.unpack("!i", self.read(4))
            password = self.read(length - 4).rstrip(b"\0")
            if kind != b"p" or options[b"user"] != b"crate" or password != b"canary-good":
                self.error(Refusal("28000", f'password authentication failed for user "{options[b"user"].decode()}"'))
                raise ConnectionError
        self.send(b"R", struct.pack("!i", 0))
        for known, text in (("server_version", "14.0"), ("client_encoding", "UTF8")):
            self.send(b"S", known.encode() + b"\0" + text.encode() + b"\0")
        self.send(b"Z", b"I")
        self.statement, self.prepared, self.failed = None, {}, False

    def message(self, kind, body):
        if kind == b"X":
            raise ConnectionError
        if kind == b"S":
            self.failed = False
            return self.send(b"Z", b"I")
        if self.failed:
            return
        try:
            with lock:
                self.act(kind, body)
        except Refusal as refusal:
            self.error(refusal)
            if kind == b"Q":
                self.send(b"Z", b"I")
            else:
                self.failed = True

    def act(self, kind, body):
        if kind == b"Q":
            self.simple(body.rstrip(b"\0").decode())
            self.send(b"Z", b"I")
        elif kind == b"P":
            known, sql = body.split(b"\0")[:2]
            self.prepared[known] = insert(sql.decode())
            statements.append(sql.decode())
            self.send(b"1")
        elif kind == b"D" and body[:1] == b"S":
            table, columns, rows = self.prepared[body[1:].rstrip(b"\0")]
            kinds = [TYPES[table.columns[known]][0] for known in columns] * rows
            self.send(b"t", struct.pack("!H", len(kinds)) + b"".join(struct.pack("!i", kind) for kind in kinds))
            self.send(b"n")
        elif kind == b"B":
            self.bind(body)
            self.send(b"2")
        elif kind == b"E":
            self.execute()
        elif kind == b"C":
            self.send(b"3")
        else:
            raise Refusal("0A000", f"unknown message {kind}")

    def bind(self, body):
        _, known, rest = body.split(b"\0", 2)
        table, columns, rows = self.prepared[known]
        (count,) = struct.unpack("!H", rest[:2])
        formats = struct.unpack(f"!{count}H", rest[2 : 2 + 2 * count])
        if any(formats):
            raise Refusal("0A000", "binary parameters are not read here")
        at = 2 + 2 * count
        (count,) = struct.unpack("!H", rest[at : at + 2])
        at += 2
        texts = []
        for _ in range(count):
            (length,) = struct.unpack("!i", rest[at : at + 4])
            at += 4
            texts.append(None if length < 0 else rest[at : at + length].decode())
            at += max(length, 0)
        if count != len(columns) * rows:
            raise Refusal("08P01", "mismatched parameters")
        self.bound = table, columns, texts

    def execute(self):
        fault = faults.pop(0) if faults else None
        if fault == "breaker":
            raise Refusal("53000", "[parent] Data too large, the circuit breaker tripped")
        if fault == "half":
            table, columns, texts = self.bound
            run(table, columns, texts[: len(texts) // len(columns) // 2 * len(columns)])
            raise Refusal("XX000", "primary shard is not active")
        if fault == "lost":
            run(*self.bound)
            raise ConnectionError
        self.send(b"C", f"INSERT 0 {run(*self.bound)}".encode() + b"\0")

    def simple(self, sql):
        if self.is_control:
            return self.answer(["answer"], [[control(sql)]])
        statements.append(sql)
        if sql.startswith("SELECT "):
            return self.answer(["column_name", "data_type", "must", "leads", "fills"], describe(sql))
        if sql.startswith("CREATE TABLE "):
            return self.send(b"C", create(sql).encode() + b"\0")
        if sql.startswith("ALTER TABLE "):
            return self.send(b"C", alter(sql).encode() + b"\0")
        raise Refusal("42601", f"mismatched input '{sql.split()[0]}'")

    def answer(self, names, rows):
        body = struct.pack("!H", len(names))
        for known in names:
            body += known.encode() + b"\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0)
        self.send(b"T", body)
        for row in rows:
            body = struct.pack("!H", len(row))
            for cell in row:
                body += struct.pack("!i", len(cell.encode())) + cell.encode()
            self.send(b"D", body)
        self.send(b"C", f"SELECT {len(rows)}".encode() + b"\0")


def shown(held):
    """The same without numbers that JSON has not."""
    if isinstance(held, dict):
        return {known: shown(inner) for known, inner in held.items()}
    if isinstance(held, list):
        return [shown(inner) for inner in held]
    return str(held) if held in (float("inf"), float("-inf")) or held != held else held


def control(sql):
    words = sql.split()
    if words[:2] == ["SHOW", "rows"]:
        table = tables.get(("doc", words[2]))
        return json.dumps(shown(table.rows if table else []))
    if words[:2] == ["SHOW", "columns"]:
        return json.dumps(tables[("doc", words[2])].columns)
    if words[:2] == ["SHOW", "statements"]:
        return json.dumps(statements)
    if words[:2] == ["SET", "fault"]:
        faults.append(words[2])
        return "set"
    return "here"


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()

"""Takes whatever is sent over TLS from who shows a certificate that the CA signed.

Arguments: port, and a folder with ca.pem, server.pem and server.key. The
requests are written to the folder's file `seen`, a line each: method, path,
length of the unpacked body, authorization, and how it was packed.
"""

import gzip
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[2]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding", "none")
        if packed == "gzip":
            body = gzip.decompress(body)
        login = self.headers.get("Authorization", "none")
        with open(f"{folder}/seen", "a") as seen:
            seen.write(f"{self.command} {self.path} {len(body)} {packed} {login} {self.client_address[1]}\n")
        self.send_response(204)
        self.end_headers()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
context.load_verify_locations(f"{folder}/ca.pem")
context.verify_mode = ssl.CERT_REQUIRED
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()

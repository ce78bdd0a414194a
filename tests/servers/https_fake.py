"""Web servers that misbehave, one thread a connection, TLS from the start.

    with https_fake.Fake(certificate, https_fake.endless_headers) as fake: ... fake.port ...

A treatment is called with (connection, path) after the request was read; what it raises ends the connection.  TLS can be
spoiled too: `tls` is "go", "hang", "close" or "garbage".
"""
import socket
import ssl
import threading
import time


def answer(body=b"hello\n", status="200 OK", fields=("Content-Type: text/plain",)):
    def treat(connection, _):
        head = "".join(f"{f}\r\n" for f in (*fields, f"Content-Length: {len(body)}"))
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body)
    return treat


def hang(connection, _):
    while connection.recv(4096):
        pass


def close(_, __):
    pass


def garbage(connection, _):
    connection.sendall(b"\x80\x01 this is no web server\r\n\r\n")


def endless_headers(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: and more\r\n" * 500)


def one_long_header(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        connection.sendall(b"x" * 65536)


def gigabyte(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n")
    for _ in range(1 << 14):
        connection.sendall(b"x" * 65536)


def bottomless(connection, _):
    """The same without saying how long it is."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def drip(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(1)


def cut(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf")


def interim(connection, _):
    """Interim answers without end (RFC 9110 s15.2)."""
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


class Fake:
    def __init__(self, certificate, treatment, tls="go"):
        self.treatment = treatment
        self.tls = tls
        self.requests = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*certificate)

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listener.getsockname()[1]
        self.over = False
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over = True
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            pass
        self.listener.close()

    def _accept(self):
        while not self.over:
            connection, _ = self.listener.accept()
            threading.Thread(target=self._guard, args=(connection,), daemon=True).start()

    def _guard(self, connection):
        connection.settimeout(20)
        try:
            self._serve(connection)
        except (OSError, ValueError):
            pass
        connection.close()

    def _serve(self, connection):
        if self.tls == "close":
            return
        if self.tls == "hang":
            hang(connection, None)
        if self.tls == "garbage":
            connection.sendall(b"HTTP/1.0 400 no TLS here\r\n\r\n")
            return
        with self.context.wrap_socket(connection, server_side=True) as encrypted:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = encrypted.recv(4096)
                if not piece:
                    return
                request += piece
            self.requests.append(request.decode("latin1"))
            self.treatment(encrypted, request.split(b" ")[1])

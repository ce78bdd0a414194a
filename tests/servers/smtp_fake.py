"""Servers of lines that misbehave as they are told: SMTP, IMAP and POP3 in threads on 127.0.0.1.

    with smtp_fake.Fake({"RCPT": "hang"}, certificate=(pem, key)) as fake: ... fake.port ...

A script says what happens at a stage ("greeting", a verb such as "EHLO", "STARTTLS", "tls": the handshake, "QUIT"):

    "250 ok"        that line is the answer ("{tag}" stands for IMAP's tag); several lines: the whole answer
    "hang"          nothing, until the client goes away
    "close"         closes the connection
    "drip TEXT"     one byte a second
    "flood"         10 MB in one line that ends
    "endless"       continuation lines without end
    "endless line"  a line without end
    "garbage"       no line of the protocol
    b"..."          those bytes
    "go"            the usual answer; a list: one after the other, the last one again and again
"""
import base64
import socket
import ssl
import threading
import time

CHUNK = b"x" * 65536


class Script:
    """What is said when nothing else was ordered."""

    def __init__(self, protocol, certificate):
        self.protocol = protocol
        self.certificate = certificate

    def smtp(self, verb, encrypted):
        hello = ["250-mx1.example.test", "250-SIZE 10485760"]
        if self.certificate and not encrypted:
            hello.append("250-STARTTLS")
        if encrypted:
            hello.append("250-AUTH PLAIN LOGIN")
        hello.append("250 ENHANCEDSTATUSCODES")
        return {"greeting": "220 mx1.example.test ESMTP fake", "EHLO": "\r\n".join(hello),
                "STARTTLS": "220 2.0.0 go ahead", "AUTH": "235 2.7.0 welcome", "MAIL": "250 2.1.0 ok",
                "RCPT": "250 2.1.5 ok", "QUIT": "221 2.0.0 bye", "RSET": "250 ok", "NOOP": "250 ok"}.get(
                    verb, "502 5.5.2 unknown")

    def imap(self, verb, encrypted):
        words = "IMAP4rev1" + (" STARTTLS LOGINDISABLED" if self.certificate and not encrypted else " AUTH=PLAIN")
        return {"greeting": f"* OK [CAPABILITY {words}] fake", "CAPABILITY": f"* CAPABILITY {words}\r\n{{tag}} OK done",
                "STARTTLS": "{tag} OK go ahead", "AUTHENTICATE": "{tag} OK welcome", "LOGIN": "{tag} OK welcome",
                "LOGOUT": "* BYE\r\n{tag} OK bye"}.get(verb, "{tag} BAD unknown")

    def pop3(self, verb, encrypted):
        words = ["+OK", "UIDL", "RESP-CODES"] + (["STLS"] if self.certificate and not encrypted else ["USER", "SASL PLAIN"])
        return {"greeting": "+OK fake", "CAPA": "\r\n".join(words + ["."]), "STLS": "+OK go ahead", "AUTH": "+OK welcome",
                "USER": "+OK", "PASS": "+OK welcome", "QUIT": "+OK bye"}.get(verb, "-ERR unknown")

    def answer(self, verb, encrypted):
        return getattr(self, self.protocol)(verb, encrypted)


class Fake:
    def __init__(self, script=None, certificate=None, protocol="smtp", implicit=False, address="127.0.0.1", port=0):
        self.script = dict(script or {})
        self.usual = Script(protocol, certificate)
        self.protocol = protocol
        self.certificate = certificate
        self.implicit = implicit
        self.address, self.port = address, port
        self.commands = []   # of every connection, without line ends
        self.connections = 0
        self.counts = {}
        self.sent = 0

    def __enter__(self):
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self.listener = socket.create_server((self.address, self.port), family=family, backlog=300)
        self.port = self.listener.getsockname()[1]
        self.over = False
        self.open = set()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over = True
        # accept() does not end by close() alone.
        try:
            socket.create_connection((self.address, self.port), 1).close()
        except OSError:
            pass
        self.listener.close()
        for connection in list(self.open):
            try:
                connection.close()
            except OSError:
                pass

    def _accept(self):
        while not self.over:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open.add(connection)
            threading.Thread(target=self._guard, args=(connection,), daemon=True).start()

    def _guard(self, connection):
        mine = [connection]
        try:
            self._serve(connection, mine)
        except (OSError, ValueError, EOFError):
            pass
        for one in filter(None, mine):
            self.open.discard(one)
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    # --- behaviours; each returns False when the connection is over ---

    def _send(self, connection, data):
        connection.sendall(data)
        self.sent += len(data)

    def _pour(self, connection, piece, limit=None):
        sent = 0
        while limit is None or sent < limit:
            self._send(connection, piece)
            sent += len(piece)

    def _act(self, connection, what, tag):
        if isinstance(what, bytes):
            self._send(connection, what)
        elif what == "hang":
            while connection.recv(4096):
                pass
            return False
        elif what == "close":
            return False
        elif what.startswith("drip "):
            for byte in (what[5:] + "\r\n").encode():
                self._send(connection, bytes([byte]))
                time.sleep(1)
        elif what == "flood":
            self._pour(connection, CHUNK, 10 << 20)
            self._send(connection, b"\r\n")
        elif what == "endless":
            line = {"smtp": b"250-and one more\r\n", "imap": b"* OK and one more\r\n", "pop3": b"+OK and\r\n"}
            self._pour(connection, line[self.protocol] * 1000)
        elif what == "endless line":
            self._pour(connection, CHUNK)
        elif what == "garbage":
            self._send(connection, b"\x80\x02\xff\x00 what is this?\r\n")
        else:
            self._send(connection, (what.replace("{tag}", tag) + "\r\n").encode())
        return True

    def _ordered(self, stage):
        what = self.script.get(stage, "go")
        if isinstance(what, list):
            n = self.counts[stage] = self.counts.get(stage, -1) + 1
            what = what[min(n, len(what) - 1)]
        return what

    def _answer(self, connection, stage, encrypted, tag=""):
        what = self._ordered(stage)
        return self._act(connection, self.usual.answer(stage, encrypted) if what == "go" else what, tag)

    def _encrypt(self, connection):
        what = self._ordered("tls")
        if what != "go":
            self._act(connection, what, "")
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        self.open.discard(connection)
        encrypted = context.wrap_socket(connection, server_side=True)
        self.open.add(encrypted)
        return encrypted

    def _serve(self, connection, mine):
        encrypted = self.implicit
        if self.implicit:
            connection = self._encrypt(connection)
            mine.append(connection)
        if connection is None or not self._answer(connection, "greeting", encrypted):
            return
        lines = connection.makefile("rb")
        while raw := lines.readline():
            line = raw.decode("latin1").strip()
            self.commands.append(line)
            words = line.split()
            tag = words.pop(0) if self.protocol == "imap" and words else ""
            verb = words[0].upper() if words else ""
            if verb == "AUTH" and len(words) < 3:   # without initial response: the client sends it on its own line
                self._send(connection, b"334 \r\n" if self.protocol == "smtp" else b"+ \r\n")
                self.commands.append(base64.b64decode(lines.readline()).decode("latin1"))
                if words[1:2] == ["LOGIN"]:
                    self._send(connection, b"334 \r\n")
                    self.commands.append(base64.b64decode(lines.readline()).decode("latin1"))
            if verb == "AUTHENTICATE" and len(words) < 3:
                self._send(connection, b"+ \r\n")
                self.commands.append(base64.b64decode(lines.readline()).decode("latin1"))
            if not self._answer(connection, verb, encrypted, tag) or verb in ("QUIT", "LOGOUT"):
                return
            if verb in ("STARTTLS", "STLS") and self.certificate and not encrypted and self.script.get(verb, "go") == "go":
                connection = self._encrypt(connection)
                if connection is None:
                    return
                mine.append(connection)
                lines = connection.makefile("rb")
                encrypted = True

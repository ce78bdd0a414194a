"""A name server that does what real ones refuse to do.

The first label of a name says how its question is treated: hang, drop2, slow650, servfail, truncate... (see
`treatments`); the rest is free, so that every question can have a name of its own.  Runs in a thread:

    with dns_fake.Fake() as fake:
        ... fake.port ... fake.queries ... fake.most_open
"""
import asyncio
import socket
import struct
import threading

import harness

A, TXT, OPT = 1, 16, 41
ADDRESS = bytes([192, 0, 2, 1])
EVIL = bytes([203, 0, 113, 66])


class Query:
    """One question as it came."""

    def __init__(self, raw, tcp):
        self.raw = raw
        self.tcp = tcp
        self.ident, self.flags = struct.unpack(">2H", raw[:4])
        self.edns = struct.unpack(">H", raw[10:12])[0] > 0
        labels, at = [], 12
        while raw[at]:
            labels.append(raw[at + 1:at + 1 + raw[at]].decode())
            at += raw[at] + 1
        self.name = ".".join(labels)
        self.question = raw[12:at + 5]
        self.qtype = struct.unpack(">H", raw[at + 1:at + 3])[0]
        self.number = 0  # how often this question has come, from 1

    def reply(self, rcode=0, records=(), flags=0, ident=None, extra=b"", additional=0):
        head = struct.pack(">6H", self.ident if ident is None else ident, 0x8180 | flags | rcode, 1, len(records), 0,
                           additional)
        body = b"".join(b"\xc0\x0c" + struct.pack(">2HIH", self.qtype, 1, 300, len(r)) + r for r in records)
        return head + self.question + body + extra


def extended_error(code, text):
    """An OPT record with an EDE option (RFC 8914)."""
    option = struct.pack(">3H", 15, 2 + len(text), code) + text
    return b"\0" + struct.pack(">2HIH", OPT, 1232, 0, len(option)) + option


def big_text(length):
    data = bytes(97 + i % 26 for i in range(length))
    return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, length, 255))


def fine(q):
    return [(0, q.reply(records=[ADDRESS if q.qtype == A else b"\x05hello"]))]


def late(ms):
    return lambda q: [(ms / 1000, fine(q)[0][1])]


def drop(n):
    return lambda q: fine(q) if q.number > n else []


def failing(rcode):
    return lambda q: [(0, q.reply(rcode))]


def truncate(q):
    if q.tcp:
        return [(0, q.reply(records=[big_text(3000)]))]
    return [(0, q.reply(flags=0x0200, records=[EVIL]))]


treatments = {
    "hang": lambda q: [],
    "drop1": drop(1),
    "drop2": drop(2),
    "drop3": drop(3),
    "slow20": late(20),
    "slow220": late(220),
    "slow300": late(300),
    "slow650": late(650),
    "slow900": late(900),
    "noise": lambda q: [(0, b"\x01\x02\x03"), (0, b"\xff" * 40)],
    "broken": lambda q: [(0, q.reply(records=[b"\xc0"]))],
    "echo": lambda q: [(0, q.raw)],
    "wrongid": lambda q: [(0, q.reply(records=[EVIL], ident=q.ident ^ 1)), (0.03, fine(q)[0][1])],
    "wrongname": lambda q: [(0, q.reply(records=[EVIL]).replace(b"wrongname", b"rightname")), (0.03, fine(q)[0][1])],
    "nxdomain": failing(3),
    "servfail": failing(2),
    "refused": failing(5),
    "notimp": failing(4),
    "formerr": failing(1),
    "ede": lambda q: [(0, q.reply(2, extra=extended_error(22, b"no \x1b[31mreachable server"), additional=1))],
    "noedns": lambda q: [(0, q.reply(1))] if q.edns else fine(q),
    "farnoedns": lambda q: [(0.2, q.reply(1))] if q.edns else late(200)(q),
    "mutetoedns": lambda q: [] if q.edns else fine(q),
    "truncate": truncate,
}


class Fake:
    def __init__(self, tcp=True, close_after=None, every=None):
        """tcp: listens there too.  close_after: ends a TCP connection after so many answers.  every: how all questions are
        treated, whatever their names are."""
        self.every = every
        self.port = harness.free_port()
        self.tcp = tcp
        self.close_after = close_after
        self.queries = []
        self.counts = {}
        self.open = set()
        self.most_open = 0
        self.connections = 0
        self.ready = threading.Event()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def packets(self, name):
        return [q for q in self.queries if q.name == name]

    def __enter__(self):
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self.thread.start()
        self.ready.wait(5)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join(5)

    async def serve(self):
        self.loop = asyncio.get_running_loop()
        self.end = asyncio.Event()
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        udp.bind(("127.0.0.1", self.port))
        transport, _ = await self.loop.create_datagram_endpoint(lambda: Datagrams(self), sock=udp)
        server = await asyncio.start_server(self.connection, "127.0.0.1", self.port) if self.tcp else None
        self.ready.set()
        await self.end.wait()
        transport.close()
        if server:
            server.close()

    def treat(self, raw, tcp):
        q = Query(raw, tcp)
        key = (q.name, q.qtype)
        self.queries.append(q)
        q.number = self.counts[key] = self.counts.get(key, 0) + 1
        self.open.add(key)
        self.most_open = max(self.most_open, len(self.open))
        return key, treatments.get(self.every or q.name.split(".")[0], fine)(q)

    async def connection(self, reader, writer):
        self.connections += 1
        done = 0
        try:
            while self.close_after is None or done < self.close_after:
                length = struct.unpack(">H", await reader.readexactly(2))[0]
                key, replies = self.treat(await reader.readexactly(length), True)
                for delay, reply in replies:
                    await asyncio.sleep(delay)
                    writer.write(struct.pack(">H", len(reply)) + reply)
                    await writer.drain()
                    done += 1
                self.open.discard(key)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, fake):
        self.fake = fake

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        key, replies = self.fake.treat(data, False)
        for delay, reply in replies:
            if delay:
                self.fake.loop.call_later(delay, self.reply, key, reply, addr)
            else:
                self.reply(key, reply, addr)

    def reply(self, key, data, addr):
        self.fake.open.discard(key)
        self.transport.sendto(data, addr)

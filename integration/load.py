"""Clients that connect all the time and connections that stay, for suites in which nothing may be lost."""

import errno
import selectors
import socket
import threading
import time


def _family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Load:
    """So many new TCP connections and UDP flows a second to each target, and connections that are kept and asked.

    A UDP question is asked again, as every client of UDP has to; none with an answer is a failure. A failure is told with
    the moment at which the connection began, or the kept one was asked.
    """

    TICK = 0.005
    # Seconds after which a UDP question is asked again. Meanwhile rules may have come into force that do not translate what
    # began without them, so it is longer than a busy machine takes for an answer.
    AGAIN = 2
    # Connections to one target that wait for an answer: more of them would only show how slow a machine is.
    WAITING = 20

    def __init__(self, targets, rate=200, kept=50, limit=10.0, ask_every=0.5):
        """`targets` are (protocol, address, port); `limit` is the seconds within which an answer has to come."""
        self.targets = [tuple(target) for target in targets]
        self.rate, self.kept, self.limit, self.ask_every = rate, kept, limit, ask_every
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.good, self.repeated, self.failures, self.by_endpoint = {}, 0, [], {}
        # {target: when the one began that has waited longest}
        self.oldest = {}
        self.threads = [threading.Thread(target=self._connect, args=(target,), daemon=True) for target in self.targets]
        tcp = next((target for target in self.targets if target[0] == "TCP"), None)
        if kept and tcp:
            self.long = [self._open_long(tcp) for _ in range(kept)]
            self.threads.append(threading.Thread(target=self._keep, daemon=True))
        for thread in self.threads:
            thread.start()

    def _note(self, kind, what, begun):
        with self.lock:
            if len(self.failures) < 1000:
                self.failures.append((round(begun, 3), kind, what))

    def _success(self, kind, line):
        endpoint = line.split()[0].decode() if line else "?"
        with self.lock:
            self.good[kind] = self.good.get(kind, 0) + 1
            self.by_endpoint[endpoint] = self.by_endpoint.get(endpoint, 0) + 1

    def _connect(self, target):
        protocol, address, port = target
        kind = socket.SOCK_DGRAM if protocol == "UDP" else socket.SOCK_STREAM
        with selectors.DefaultSelector() as waiting:
            due, begin, opened = [], time.monotonic(), 0
            while not self.stopping.is_set() or due:
                now = time.monotonic()
                self.oldest[target] = min((begun for _, client, begun in due if client.fileno() >= 0), default=now)
                wanted = 0 if self.stopping.is_set() else int((now - begin) * self.rate)
                # what a busy machine could not open in time is left out, not made up for
                if wanted - opened > self.rate // 10:
                    begin, opened, wanted = now, 0, 1
                while opened < wanted and len(waiting.get_map()) < self.WAITING:
                    opened += 1
                    client = socket.socket(_family(address), kind)
                    client.setblocking(False)
                    try:
                        code = client.connect_ex((address, port))
                        if code not in (0, errno.EINPROGRESS):
                            raise OSError(code, "connect")
                        if protocol == "UDP":
                            client.send(b"who\n")
                    except OSError as error:
                        self._note(protocol, errno.errorcode.get(error.errno, str(error.errno)), now)
                        client.close()
                        continue
                    waiting.register(client, selectors.EVENT_READ, now)
                    due.append([now + (self.AGAIN if protocol == "UDP" else self.limit), client, now])
                for entry, _ in waiting.select(self.TICK):
                    client = entry.fileobj
                    waiting.unregister(client)
                    code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    try:
                        if code:
                            raise OSError(code, "connect")
                        line = client.recv(4096)
                        if line:
                            self._success(protocol, line)
                        else:
                            self._note(protocol, "EMPTY", entry.data)
                    except OSError as error:
                        self._note(protocol, errno.errorcode.get(error.errno, str(error.errno)), entry.data)
                    client.close()
                now = time.monotonic()
                while due and (due[0][1].fileno() < 0 or due[0][0] <= now):
                    _, client, begun = due.pop(0)
                    if client.fileno() < 0:
                        continue
                    if protocol == "UDP" and now < begun + self.limit:
                        self.repeated += 1
                        try:
                            client.send(b"who\n")
                        except OSError:
                            pass
                        due.append([now + self.AGAIN, client, begun])
                        due.sort(key=lambda one: one[0])
                        continue
                    waiting.unregister(client)
                    client.close()
                    self._note(protocol, "TIMEOUT", begun)

    def _open_long(self, target):
        client = socket.create_connection(target[1:], timeout=self.limit)
        return [client, client.recv(4096)]

    def _keep(self):
        while not self.stopping.wait(self.ask_every / max(1, len(self.long))):
            if not self.long:
                return
            client, line = self.long.pop(0)
            begun = time.monotonic()
            try:
                client.send(b"who\n")
                got = client.recv(4096)
                if got == line:
                    self._success("kept", line)
                else:
                    self._note("kept", f"{line!r} became {got!r}", begun)
            except OSError as error:
                self._note("kept", f"{errno.errorcode.get(error.errno, type(error).__name__)} of {line!r} @{client.getsockname()[1]}", begun)
                client.close()
                continue
            self.long.append([client, line])

    def report(self):
        with self.lock:
            return {"good": dict(self.good), "failures": list(self.failures), "repeated": self.repeated,
                    "endpoints": dict(self.by_endpoint), "kept": len(getattr(self, "long", ()))}

    def renew(self):
        """Begins to count anew; returns what was counted."""
        report = self.report()
        with self.lock:
            self.good, self.failures, self.by_endpoint, self.repeated = {}, [], {}, 0
        return report

    def end(self):
        """No new connections; `stop` waits for the answers."""
        self.stopping.set()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(2 * self.limit + 1)
        for client, _ in getattr(self, "long", ()):
            client.close()
        return self.report()


class Loads:
    """Loads by name, for an agent."""

    def __init__(self):
        self.running = {}

    def start(self, name, **arguments):
        self.running[name] = Load(**arguments)

    def report(self, name):
        return self.running[name].report()

    def renew(self, name):
        return self.running[name].renew()

    def oldest(self, name):
        """When the connection began that waits for an answer and has waited longest; now, if none does."""
        return min(self.running[name].oldest.values(), default=time.monotonic())

    def end(self, name):
        self.running[name].end()

    def stop(self, name):
        return self.running.pop(name).stop()

    def drop(self):
        """Ends what is left over from a check that failed."""
        for name in list(self.running):
            self.running.pop(name).stop()

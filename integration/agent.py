"""The agent: one process inside each network namespace of the world.

It hosts the endpoint servers and opens the client connections of its host, so that no process is started per
connection. The parent talks to it over a multiprocessing pipe: (operation, keyword arguments) in, (ok, result) out.
"""

import ctypes
import errno
import http.client
import os
import selectors
import signal
import socket
import struct
import threading
import time

from load import Loads

CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
SCTP = 132
# Factor on every time limit; the callers' figures suit a machine that is not emulated (integration/kernel-run sets it).
PATIENCE = float(os.environ.get("VIADUCT_TEST_PATIENCE", "1"))
# Seconds for what has to happen: nobody waits so long but where something is wrong, and a busy machine is not.
GENEROUS = 60
# Seconds for one answer, with room for what TCP sends again after 1 and after 3.
ANSWER = 5

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace(name):
    """Moves the calling thread (in a process without other threads: the process) into a named network namespace."""
    with open(f"/run/netns/{name}") as handle:
        if _libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), name)


def die_with_parent():
    """Asks the kernel to kill this process when its parent ends, however that happens."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def host_port(address, port):
    """192.0.2.1:80 or [2001:db8::1]:80, as the scenarios write it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def new_socket(protocol, family):
    if protocol == "UDP":
        return socket.socket(family, socket.SOCK_DGRAM)
    if protocol == "SCTP":
        return socket.socket(family, socket.SOCK_STREAM, SCTP)
    return socket.socket(family, socket.SOCK_STREAM)


class Servers:
    """Endpoint servers: each answers with its own address and port and with the address of its peer."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.listening = {}
        self.lock = threading.Lock()
        self.wake_read, self.wake_write = os.pipe()
        self.selector.register(self.wake_read, selectors.EVENT_READ, None)
        threading.Thread(target=self._loop, daemon=True).start()

    def set(self, wanted):
        """Listens on exactly these [(address, port, protocol)]; returns those that are impossible here, with why."""
        wanted = {tuple(entry) for entry in wanted}
        failed = []
        with self.lock:
            for key in [key for key in self.listening if key not in wanted]:
                server = self.listening.pop(key)
                self.selector.unregister(server)
                server.close()
            for key in sorted(wanted - set(self.listening)):
                try:
                    self._listen(key)
                except OSError as error:
                    failed.append((key, str(error)))
        os.write(self.wake_write, b"x")
        return failed

    def _listen(self, key):
        address, port, protocol = key
        server = new_socket(protocol, family_of(address))
        try:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if protocol == "UDP":
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            server.bind((address, port))
            if protocol != "UDP":
                server.listen(1024)
            server.setblocking(False)
        except OSError:
            server.close()
            raise
        self.listening[key] = server
        handler = self._datagram if protocol == "UDP" else self._accept
        self.selector.register(server, selectors.EVENT_READ, (handler, host_port(address, port)))

    def _loop(self):
        while True:
            events = self.selector.select()
            with self.lock:
                for entry, _ in events:
                    if entry.data is None:
                        os.read(self.wake_read, 4096)
                        continue
                    handler, name = entry.data
                    try:
                        handler(entry.fileobj, name)
                    except OSError:
                        pass

    def _accept(self, server, name):
        if server.fileno() < 0:
            return
        connection, peer = server.accept()
        connection.setblocking(False)
        line = f"{name} {peer[0]}\n".encode()
        connection.send(line)
        self.selector.register(connection, selectors.EVENT_READ, (self._again, line))

    def _again(self, connection, line):
        try:
            data = connection.recv(4096)
            if data:
                connection.send(line)
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.selector.unregister(connection)
        connection.close()

    def _datagram(self, server, name):
        if server.fileno() < 0:
            return
        _, peer = server.recvfrom(4096)
        server.sendto(f"{name} {peer[0]}\n".encode(), peer)


def outcome_of(error):
    """The scenario vocabulary for a failed connection."""
    code = error.errno
    if code == errno.ECONNREFUSED:
        return "REJECT"
    if code in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "NOROUTE"
    if code in (errno.ETIMEDOUT, errno.EAGAIN):
        return "DROP"
    return "ERR:" + errno.errorcode.get(code, str(code))


class Client:
    """Opens connections and reports, for each: (outcome, endpoint that answered, client address that it saw)."""

    def __init__(self):
        self.held = {}
        self.next_port = 20000 + os.getpid() % 8000

    def flow(self, protocol, destination, port, source=None, count=1, timeout=ANSWER, parallel=False):
        """`count` new connections one after another; after a time-out the rest goes out at once, to save time."""
        results = []
        while len(results) < count:
            if results and results[-1][0] == "DROP":
                parallel = True
            batch = count - len(results) if parallel else 1
            results += self._batch(protocol, destination, port, source, batch, timeout)
        return results

    def open(self, protocol, destination, port, source=None):
        client = new_socket(protocol, family_of(destination))
        client.setblocking(False)
        if protocol == "UDP":
            self._bind_fresh(client, source or ("::" if ":" in destination else "0.0.0.0"))
        elif source:
            client.bind((source, 0))
        code = client.connect_ex((destination, port))
        if code not in (0, errno.EINPROGRESS):
            client.close()
            raise OSError(code, os.strerror(code))
        return client

    def _bind_fresh(self, client, source):
        # a port that no earlier flow used: an old UDP conntrack entry would answer for the rules under test
        for _ in range(200):
            self.next_port = self.next_port + 1 if self.next_port < 60000 else 20000
            try:
                client.bind((source, self.next_port))
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        client.bind((source, 0))

    def _batch(self, protocol, destination, port, source, count, timeout):
        results = []
        with selectors.DefaultSelector() as waiting:
            for _ in range(count):
                try:
                    client = self.open(protocol, destination, port, source)
                except OSError as error:
                    results.append((outcome_of(error), None, None))
                    continue
                try:
                    if protocol == "UDP":
                        client.send(b"who\n")
                    waiting.register(client, selectors.EVENT_READ)
                except OSError as error:
                    results.append((outcome_of(error), None, None))
                    client.close()
            deadline = time.monotonic() + timeout * PATIENCE
            while waiting.get_map():
                events = waiting.select(max(0, deadline - time.monotonic()))
                if not events and time.monotonic() >= deadline:
                    break
                for entry, _ in events:
                    waiting.unregister(entry.fileobj)
                    results.append(self._answer(entry.fileobj))
            for entry in list(waiting.get_map().values()):
                entry.fileobj.close()
                results.append(("DROP", None, None))
        return results

    def _answer(self, client):
        with client:
            # the error first: a failed connect() wakes the poll before recv() knows of it
            code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return (outcome_of(OSError(code, os.strerror(code))), None, None)
            try:
                line = client.recv(4096).decode()
            except OSError as error:
                return (outcome_of(error), None, None)
        words = line.split()
        return ("OK", words[0], words[1]) if len(words) == 2 else ("ERR:EMPTY", None, None)

    def until(self, protocol, destination, port, answer=None, outcome="OK", source=None, within=GENEROUS, pause=0.0,
              timeout=0.2):
        """Connects again and again until one has this outcome (and comes from `answer`): when (monotonic), or None."""
        deadline = time.monotonic() + within * PATIENCE
        while time.monotonic() < deadline:
            got = self._batch(protocol, destination, port, source, 1, timeout)[0]
            if got[0] == outcome and (answer is None or got[1] == answer):
                return time.monotonic()
            if got[0] == "DROP":
                # a short one finds soon when it works; on a busy machine it may be too short for any answer
                timeout = min(2 * timeout, max(timeout, ANSWER))
            if pause:
                time.sleep(pause)
        return None

    def latencies(self, destination, port, count):
        """Seconds that each of `count` new TCP connections takes until it is established."""
        found = []
        for _ in range(count):
            client = new_socket("TCP", family_of(destination))
            # closed by a reset: no port waits for the end of a minute
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            begin = time.monotonic()
            client.connect((destination, port))
            found.append(time.monotonic() - begin)
            client.close()
        return found

    def hold(self, name, protocol, destination, port, source=None, timeout=GENEROUS):
        """Opens a connection and keeps it; returns what `ask` returns."""
        client = self.open(protocol, destination, port, source)
        client.setblocking(True)
        client.settimeout(timeout * PATIENCE)
        self.held[name] = client
        if protocol == "UDP":
            return self.ask(name)
        return self._read(client)

    def ask(self, name):
        """Asks the endpoint of a kept connection who it is."""
        client = self.held[name]
        try:
            client.send(b"who\n")
        except OSError as error:
            return (outcome_of(error), None, None)
        return self._read(client)

    def _read(self, client):
        try:
            words = client.recv(4096).decode().split()
        except TimeoutError:
            return ("DROP", None, None)
        except OSError as error:
            return (outcome_of(error), None, None)
        return ("OK", words[0], words[1]) if len(words) == 2 else ("ERR:EMPTY", None, None)

    def begin(self, name, protocol, destination, port):
        """Opens a connection and does not wait for it."""
        self.held[name] = self.open(protocol, destination, port)

    def greeting(self, name):
        """What the endpoint of a connection that was begun says by itself; returns what `ask` returns."""
        self.held[name].settimeout(GENEROUS * PATIENCE)
        return self._read(self.held[name])

    def error(self, name, within=3.0):
        """The name of the error that a kept connection gets; None: none."""
        client, deadline = self.held[name], time.monotonic() + within * PATIENCE
        while time.monotonic() < deadline:
            code = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return errno.errorcode.get(code, str(code))
            time.sleep(0.01)
        return None

    def peer(self, name):
        """Whom a kept connection is with, as the kernel tells its program."""
        return list(self.held[name].getpeername()[:2])

    def datagrams(self, name, destination, port, count=1, timeout=1.0):
        """Sends from one socket that is not connected: for each, [the endpoint's name, the source of the answer]."""
        if name not in self.held:
            self.held[name] = new_socket("UDP", family_of(destination))
        client = self.held[name]
        client.settimeout(timeout * PATIENCE)
        answers = []
        for _ in range(count):
            client.sendto(b"who\n", (destination, port))
            try:
                line, source = client.recvfrom(4096)
                answers.append([line.decode().split()[0], source[0], source[1]])
            except OSError as error:
                answers.append([outcome_of(error), None, None])
        return answers

    def release(self, name):
        client = self.held.pop(name, None)
        if client:
            client.close()


class Traffic:
    """Steady background connections with a tally, for demonstrations and for changes under load."""

    def __init__(self, client):
        self.client = client
        self.running = {}

    def start(self, name, protocol, destination, port, source=None, pause=0.01, timeout=ANSWER, kind="new"):
        """`kind` is `new` for a connection each time, `kept` for one connection, `free` for a UDP socket without a peer, to
        which only whom it asked may answer."""
        tally, stop = {}, threading.Event()

        def work():
            worker = Client()

            def asked():
                if kind == "new":
                    return worker.flow(protocol, destination, port, source, 1, timeout)[0]
                if kind == "kept":
                    return worker.ask("it") if "it" in worker.held else worker.hold(
                        "it", protocol, destination, port, source, timeout)
                answer, *who = worker.datagrams("it", destination, port, 1, timeout)[0]
                if who == [None, None]:
                    return (answer, None, None)
                return ("OK", answer, None) if who == [destination, port] else (f"FROM {who[0]}:{who[1]}", None, None)

            while not stop.is_set():
                got = asked()
                key = got[1] if got[0] == "OK" else got[0]
                tally[key] = tally.get(key, 0) + 1
                stop.wait(pause)
            worker.release("it")

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self.running[name] = (thread, stop, tally)

    def tally(self, name):
        return dict(self.running[name][2])

    def stop(self, name):
        thread, stop, tally = self.running.pop(name)
        stop.set()
        thread.join(GENEROUS * PATIENCE)
        return tally


class Gaps:
    """Clients that connect all the time, and the longest time in which none of them got through."""

    def __init__(self):
        self.running = {}

    def start(self, name, destination, port, protocol="TCP", timeout=0.02, pause=0.001):
        stop, answered = threading.Event(), []

        def work():
            client, patience = Client(), timeout
            while not stop.is_set():
                outcome = client.flow(protocol, destination, port, None, 1, patience)[0][0]
                patience = min(2 * patience, ANSWER) if outcome == "DROP" else timeout
                if outcome == "OK":
                    answered.append(time.monotonic())
                stop.wait(pause)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self.running[name] = (thread, stop, answered)

    def longest(self, name):
        """Seconds between two answers, the time since the last included; how many answers there were. Begins anew."""
        answered = self.running[name][2]
        times, now = list(answered), time.monotonic()
        del answered[:len(times)]
        gaps = [later - earlier for earlier, later in zip(times, times[1:] + [now])]
        return max(gaps, default=float("inf")), len(times)

    def stop(self, name):
        thread, stop, _ = self.running.pop(name)
        stop.set()
        thread.join(GENEROUS * PATIENCE)


class Streams:
    """UDP clients that send all the time from one port, whatever comes back."""

    def __init__(self):
        self.running = {}

    def start(self, name, destination, port, source=None, pause=0.002):
        client = new_socket("UDP", family_of(destination))
        client.bind((source or ("::" if ":" in destination else "0.0.0.0"), 0))
        client.connect((destination, port))
        client.setblocking(False)
        answers, stop = [], threading.Event()

        def work():
            while not stop.wait(pause):
                for action in (lambda: client.send(b"who\n"), lambda: answers.append(client.recv(4096))):
                    try:
                        action()
                    except OSError:  # refused, or no answer yet
                        pass
            client.close()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self.running[name] = (thread, stop, answers)

    def answers(self, name):
        """How many answers there were, and the endpoint that the last one came from."""
        answers = self.running[name][2]
        return (len(answers), answers[-1].decode().split()[0] if answers else None)

    def stop(self, name):
        thread, stop, _ = self.running.pop(name)
        stop.set()
        thread.join(GENEROUS * PATIENCE)


def http_get(address, port, path, timeout=GENEROUS):
    """GET from inside the namespace: (status, body), or (0, why not)."""
    connection = http.client.HTTPConnection(address, port, timeout=timeout * PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def set_sysctls(settings):
    """Writes kernel settings of this namespace; those that this kernel does not have are returned."""
    missing = []
    for name, value in settings:
        try:
            with open("/proc/sys/" + name, "w") as handle:
                handle.write(value)
        except OSError:
            missing.append(name)
    return missing


def sctp_here():
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP).close()
        return True
    except OSError:
        return False


def serve(pipe):
    """The agent's loop: answers the parent until the pipe closes."""
    servers, client = Servers(), Client()
    traffic, streams, gaps, loads = Traffic(client), Streams(), Gaps(), Loads()
    operations = {
        "serve": servers.set, "flow": client.flow, "until": client.until,
        "latencies": client.latencies, "hold": client.hold, "ask": client.ask,
        "release": client.release, "begin": client.begin, "greeting": client.greeting, "error": client.error, "peer": client.peer,
        "datagrams": client.datagrams, "traffic_start": traffic.start, "traffic_tally": traffic.tally,
        "traffic_stop": traffic.stop, "stream_start": streams.start, "stream_answers": streams.answers,
        "stream_stop": streams.stop, "gaps_start": gaps.start, "gaps_longest": gaps.longest, "gaps_stop": gaps.stop,
        "load_start": loads.start, "load_report": loads.report, "load_renew": loads.renew, "load_stop": loads.stop,
        "load_drop": loads.drop, "load_oldest": loads.oldest,
        "load_end": loads.end,
        "http_get": http_get, "set_sysctls": set_sysctls, "sctp_here": sctp_here,
    }
    while True:
        try:
            operation, arguments = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        try:
            pipe.send((True, operations[operation](**arguments)))
        except Exception as error:  # the parent shows it
            pipe.send((False, f"{type(error).__name__}: {error}"))


class Agent:
    """The parent's handle on an agent: operations are methods, as in `agent.flow(protocol="TCP", ...)`."""

    def __init__(self, namespace, label, body=serve):
        from multiprocessing import Pipe

        self.label = label
        mine, theirs = Pipe()
        self.process = os.fork()
        if self.process == 0:
            try:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                die_with_parent()
                mine.close()
                enter_namespace(namespace)
                body(theirs)
            finally:
                os._exit(1)
        theirs.close()
        self.pipe = mine

    def send(self, operation, **arguments):
        """Starts an operation; `receive` waits for its result."""
        self.pipe.send((operation, arguments))

    def receive(self):
        try:
            good, result = self.pipe.recv()
        except EOFError:
            raise RuntimeError(f"the agent of {self.label} ended") from None
        if not good:
            raise RuntimeError(f"{self.label}: {result}")
        return result

    def call(self, operation, **arguments):
        self.send(operation, **arguments)
        return self.receive()

    def __getattr__(self, operation):
        if operation.startswith("_"):
            raise AttributeError(operation)
        return lambda **arguments: self.call(operation, **arguments)

    def stop(self):
        self.pipe.close()
        try:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        except (ProcessLookupError, ChildProcessError):
            pass

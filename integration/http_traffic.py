#!/usr/bin/env python3
"""New HTTP connections to one address, one after another: who answered, how often, and what failed.

With --first it ends at the first answer and prints when that was, on the clock that all processes of a host share.
Else it goes on until SIGTERM and prints {"answers": {pod: count}, "failures": [...]}.
"""

import argparse
import http.client
import json
import signal
import sys
import time


def ask(address, port, timeout):
    connection = http.client.HTTPConnection(address, port, timeout=timeout)
    try:
        connection.request("GET", "/")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def first(chosen):
    deadline = time.monotonic() + chosen.within
    while time.monotonic() < deadline:
        try:
            answer = ask(chosen.address, chosen.port, 0.1)
            print(json.dumps({"at": time.monotonic(), "pod": answer["pod"]}))
            return 0
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.002)
    return 1


def steady(chosen):
    answers, failures, running = {}, [], [True]
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    while running:
        try:
            name = ask(chosen.address, chosen.port, 10)
            key = f"{name['pod']} on {name['node']}"
            answers[key] = answers.get(key, 0) + 1
        except (OSError, http.client.HTTPException, ValueError) as problem:
            failures.append(f"{type(problem).__name__}: {problem}")
        time.sleep(chosen.pause)
    print(json.dumps({"answers": answers, "failures": failures}))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--port", type=int, default=80)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--within", type=float, default=30, help="seconds to wait for the first answer")
    parser.add_argument("--pause", type=float, default=0.005, help="seconds between connections")
    chosen = parser.parse_args()
    sys.exit(first(chosen) if chosen.first else steady(chosen))


if __name__ == "__main__":
    main()

"""Checks of a suite: functions that raise where something is not as it should be."""

import sys
import time
import traceback


class Failed(Exception):
    """Its text says all that there is to say."""


class Skipped(Exception):
    """Its text names what is missing here."""


def expect(condition, message):
    if not condition:
        raise Failed(message)


class Checks:
    """A decorator that collects checks, and runs them."""

    def __init__(self):
        self.functions = []

    def __call__(self, function):
        self.functions.append(function)
        return function

    def run(self, call=lambda function: function(), only="", wanted=lambda function: True):
        """Prints a line for each and, last, the counts that integration/test reads; ends the process.

        `only`: text that the names must contain; `wanted`: further checks are left out without a word.
        """
        counts = {"passed": 0, "failed": 0, "skipped": 0}
        for function in self.functions:
            name = function.__name__.replace("_", " ")
            if (only or "").replace("_", " ") not in name or not wanted(function):
                continue
            start, mark, detail = time.monotonic(), "✓", ""
            try:
                call(function)
                counts["passed"] += 1
            except Skipped as reason:
                counts["skipped"] += 1
                mark, detail = "-", f" skipped: {reason}"
            except Exception as error:
                counts["failed"] += 1
                text = str(error) if isinstance(error, Failed) else traceback.format_exc()
                mark, detail = "✗", "\n    " + text.strip().replace("\n", "\n    ")
            print(f"{mark} {name} {time.monotonic() - start:.1f} s{detail}", flush=True)
        print(", ".join(f"{count} {what}" for what, count in counts.items()))
        sys.exit(1 if counts["failed"] else 0)

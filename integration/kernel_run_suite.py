#!/usr/bin/env python3
"""What integration/kernel-run promises: statuses, output, the host's files, and that nothing is left behind."""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

from checks import Checks, Failed  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "integration" / "kernel-run"
CACHE = ROOT / ".build" / "integration" / "kernel"
LIMIT = 600  # a machine that shares its processors boots slowly
check = Checks()
MODULES = """
    ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc ip_vs_lblc ip_vs_lblcr ip_vs_sh ip_vs_dh ip_vs_sed ip_vs_nq ip_vs_fo
    ip_vs_ovf ip_vs_mh nf_conntrack nf_conntrack_netlink dummy veth bridge br_netfilter nf_tables nft_nat nft_masq
    nft_ct nft_numgen nft_fib nft_reject nft_chain_nat nft_compat xt_conntrack xt_MASQUERADE iptable_nat iptable_filter
    ip6table_nat ip6table_filter ip_set ip_set_hash_ip ip_set_hash_ipport ip_set_hash_net ip_set_bitmap_port xt_set sctp
"""


def long(function):
    """A check that --few leaves out: it boots machines for what hardly changes."""
    function.is_long = True
    return check(function)


def expect(found, wanted, what):
    if found != wanted:
        raise Failed(f"{what}: expected {wanted!r}, found {found!r}")


def processes(mark):
    """The processes whose environment holds `mark`, as every process that kernel-run starts: [(id, name)]."""
    found = []
    for directory in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (directory / "environ").read_bytes():
                found.append((int(directory.name), (directory / "comm").read_text().strip()))
    return found


class Run:
    """One kernel-run in a process of its own, with a directory of its own for temporary files."""

    started = []

    def __init__(self, *words, cwd=ROOT, **environment):
        self.directory = tempfile.mkdtemp(prefix="kernel-run-suite-")
        self.mark = f"KERNEL_RUN_SUITE={self.directory}"
        name, _, value = self.mark.partition("=")
        self.child = subprocess.Popen(
            [str(PROGRAM), *words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "TMPDIR": self.directory, name: value, **environment})
        self.started.append(self)

    def end(self):
        """(status, stdout, stderr); fails where it left something behind."""
        try:
            output, errors = self.child.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise Failed(f"kernel-run itself still runs after {LIMIT} s") from None
        self.expect_nothing_left()
        return self.child.returncode, output, errors

    def expect_nothing_left(self):
        deadline = time.monotonic() + 10  # a killed process takes a moment to go
        while processes(self.mark) and time.monotonic() < deadline:
            time.sleep(0.05)
        expect(processes(self.mark), [], "processes left")
        expect(os.listdir(self.directory), [], "temporary files left")
        expect([path.name for path in CACHE.glob(".new-*")], [], "half unpacked packages left")
        os.rmdir(self.directory)

    @classmethod
    def stop_all(cls):
        """Ends what a failed check left running."""
        for run in cls.started:
            run.child.kill()
            run.child.wait()
            shutil.rmtree(run.directory, ignore_errors=True)
        cls.started.clear()

    def wait_for(self, name):
        """Waits until it has started a process of this name."""
        deadline = time.monotonic() + LIMIT
        while name not in [one for _, one in processes(self.mark)]:
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"no {name}: {self.end()}")
            time.sleep(0.05)


@check
def what_cannot_work_is_said_in_one_line():
    with tempfile.TemporaryDirectory() as directory:
        bare = str(pathlib.Path(directory) / "bin")
        os.mkdir(bare)
        os.symlink(shutil.which("python3"), f"{bare}/python3")
        for words, environment, status, text in (
                (["true"], {"VIADUCT_KERNEL": "/no/such/kernel"}, 125, "no kernel package or directory"),
                (["true"], {"VIADUCT_KERNEL": directory}, 125, "holds no boot/vmlinuz-*"),
                (["true"], {"VIADUCT_KERNEL": str(PROGRAM)}, 125, "dpkg-deb"),
                (["true"], {"PATH": bare}, 125, "run integration/setup"),
                ([], {}, 2, "which command?"),
                (["--writable", "/no/such/directory", "true"], {}, 2, "no such directory")):
            found, output, errors = Run(*words, **environment).end()
            expect((found, output), (status, ""), f"status and output of {words} with {environment}")
            if text not in errors or len(errors.splitlines()) > (1 if status == 125 else 8):
                raise Failed(f"{words} with {environment} does not say in one line '{text}': {errors}")


@check
def statuses_of_two_runs_at_once():
    runs = {"exit 0": Run("true"), "exit 127": Run("no-such-command")}
    ends = {name: run.end() for name, run in runs.items()}
    expect(ends["exit 0"], (0, "", ""), "'true'")
    expect(ends["exit 127"][:2], (127, ""), "a command that does not exist")
    if "no-such-command" not in ends["exit 127"][2]:
        raise Failed(f"the message does not name the command: {ends['exit 127'][2]}")


@check
def signals_and_time_limits():
    killed = Run("sh", "-c", "kill -KILL $$")
    endless = Run("--timeout", "1.5", "sh", "-c", "echo begun; sleep 1000; echo ended")
    expect(killed.end(), (137, "", ""), "a command that a signal ends")
    expect(endless.end(), (124, "begun\n", "kernel-run: stopped: the command still ran after 1.5 s\n"), "--timeout")


@check
def the_command_finds_its_arguments_and_surroundings():
    words = ["", "two words", "quote's", 'double "quotes"', "$HOME `id` \\n * ; &", "ümlaut", "a=b",
             "--help", "line\nbreak", "\udcff"]
    program = """
import json, os, resource, sys
print(json.dumps({
    "words": sys.argv[1:], "cwd": os.getcwd(), "variable": os.environ.get("SUITE_VARIABLE"), "input": sys.stdin.read(),
    "user": os.geteuid(), "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    "script": os.path.exists("kernel_image.py"), "patience": float(os.environ["VIADUCT_TEST_PATIENCE"]) > 1,
    "release": os.uname().release}))
sys.exit(3)
"""
    status, output, errors = Run(
        sys.executable, "-c", program, *words, cwd=ROOT / "integration", SUITE_VARIABLE="it's $5").end()
    expect((status, errors), (3, ""), "status and errors")
    found = json.loads(output)
    if found.pop("release") == os.uname().release:
        raise Failed("it ran on the host's kernel")
    expect(found, {
        "words": words, "cwd": str(ROOT / "integration"), "variable": "it's $5", "input": "", "user": 0,
        "files": list(resource.getrlimit(resource.RLIMIT_NOFILE)), "script": True, "patience": True}, "what it sees")


@long
def output_files_modules_and_processes():
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="kernel-run-suite-", dir=ROOT / ".build" / "integration"))
    outside = pathlib.Path(tempfile.mkdtemp(prefix="kernel-run-suite-"))
    kept = pathlib.Path(tempfile.mkdtemp(prefix="kernel-run suite-"))
    script = f"""
        seq 1 20000
        echo to stderr >&2
        echo kept | tee '{scratch}/file' >'{kept}/file'
        echo dropped | tee '{outside}/file' /etc/kernel-run-suite >/usr/kernel-run-suite
        cat '{outside}/file' /etc/kernel-run-suite >&2
        for module in {' '.join(MODULES.split())}; do modprobe $module || echo "no module $module" >&2; done
        sysctl -qw net.netfilter.nf_conntrack_max=70000 net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1 >&2
        ip netns add some && ip -n some link add kube-ipvs0 type dummy
        ip netns exec some ipvsadm -A -t 192.0.2.1:80 >&2
        sleep 1000 &
        setsid sh -c 'trap "" TERM; sleep 1000' &
        echo last; echo last >&2
        """
    try:
        status, output, errors = Run("--writable", str(kept), "bash", "-c", script).end()
        lines = output.splitlines()
        expect((status, len(lines), lines[-1]), (0, 20001, "last"), "status, lines of output and the last one")
        expect(lines[:-1], [str(number) for number in range(1, 20001)], "stdout")
        expect(errors, "to stderr\ndropped\ndropped\nlast\n", "stderr")
        expect([(path / "file").read_text() for path in (scratch, kept)], ["kept\n", "kept\n"], "what it wrote to keep")
        elsewhere = [f"{outside}/file", "/etc/kernel-run-suite", "/usr/kernel-run-suite"]
        expect([path for path in elsewhere if os.path.exists(path)], [], "what it wrote elsewhere")
    finally:
        for directory in (scratch, outside, kept):
            shutil.rmtree(directory)


@long
def modules_load_on_demand():
    script = """
        set -e
        ip link add one type dummy && ip link add two type veth peer name three && ip link add four type bridge
        nft add table ip t && nft add chain ip t c '{ type nat hook postrouting priority 0; }'
        nft add rule ip t c masquerade && nft add rule ip t c ct state new counter
        iptables-legacy -t nat -A POSTROUTING -m conntrack --ctstate NEW -j MASQUERADE
        ip6tables-legacy -A INPUT -j REJECT
        ipset create addresses hash:ip,port
        ipvsadm -A -t 192.0.2.1:80 -s wrr
        python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)'
    """
    expect(Run("sh", "-c", script).end(), (0, "", ""), "commands that need modules")


@check
def streams_to_one_place_keep_their_order():
    done = subprocess.run(
        [str(PROGRAM), "sh", "-c", "for n in $(seq 100); do echo out $n; echo err $n >&2; done"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    expect(done.stdout.splitlines(), [f"{name} {n}" for n in range(1, 101) for name in ("out", "err")], "the lines")


@long
def output_comes_while_the_command_runs():
    run = Run("sh", "-c", "echo first; sleep 1000")
    expect(run.child.stdout.readline(), "first\n", "the first line")
    run.child.send_signal(signal.SIGTERM)
    expect(run.end(), (143, "", ""), "after SIGTERM")


@check
def interrupted_while_it_boots():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
        run = Run("true")
        run.wait_for("qemu-system-x86")
        run.child.send_signal(number)
        status = -number if number == signal.SIGKILL else 128 + number
        expect(run.end(), (status, "", ""), f"after {number.name}")


@long
def a_reader_that_goes_away_ends_it():
    run = Run("yes")
    expect(run.child.stdout.read(4), "y\ny\n", "the first lines")
    run.child.stdout.close()
    expect(run.child.wait(LIMIT), 141, "the status")
    run.expect_nothing_left()


@long
def a_kernel_that_panics_is_told():
    status, output, errors = Run("sh", "-c", "echo before; echo c >/proc/sysrq-trigger; sleep 1000").end()
    expect((status, output), (125, "before\n"), "status and output")
    if "kernel-run: the machine stopped before the command ended" not in errors or "Kernel panic" not in errors:
        raise Failed(f"the message does not tell: {errors}")


def main():
    parser = argparse.ArgumentParser(prog="integration/kernel_run_suite.py", description=__doc__)
    parser.add_argument("--only", metavar="TEXT", help="only checks whose name contains this")
    parser.add_argument("--few", action="store_true", help="leave out the long ones")
    chosen = parser.parse_args()

    def call(function):
        try:
            function()
        finally:
            Run.stop_all()
    check.run(call, only=chosen.only, wanted=lambda function: not chosen.few or not hasattr(function, "is_long"))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""What others install: help, completions, manual pages, services for systemd, package, image, manifests and chart.

Without --packages it packs the newest build, which is quick and shows everything but that the program runs without the
toolchain. With it, it takes what integration/package made, and installs that into a fresh Debian.
"""

import argparse
import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

sys.dont_write_bytecode = True

import debian_package  # noqa: E402
import manual  # noqa: E402
import oci_image  # noqa: E402
import package_files  # noqa: E402
import program_file  # noqa: E402
from checks import Checks, Failed, expect  # noqa: E402
from node_hosts import CONFIGURATION, PLUGINS  # noqa: E402
from proxy import default_binary  # noqa: E402
from up import Up  # noqa: E402
from world import World, free_ports, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
TIME = 1_700_000_000
check = Checks()
chosen = None


def with_packages(function):
    """A check of what integration/package made."""
    function.needs_packages = True
    return check(function)


def run(*words, status=0, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=900, **options)
    expect(done.returncode == status,
           f"{' '.join(map(str, words))}: status {done.returncode}, not {status}: {(done.stderr or done.stdout).strip()[-1500:]}")
    return done.stdout


@contextlib.contextmanager
def directory():
    path = pathlib.Path(tempfile.mkdtemp(prefix="viaduct-package-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def stripped(place):
    """The program without what only debuggers read, which is most of a debug build."""
    program = place / "program"
    run("strip", "-o", program, chosen.program)
    return program


def commands():
    root = json.loads(run(chosen.program, "--experimental-dump-help"))["command"]
    return [one["commandName"] for one in root["subcommands"] if one.get("shouldDisplay", True)]


def proxy_flags():
    lines = run(chosen.program, "proxy", "--help").splitlines()
    return [line.split("--")[1].split("=")[0] for line in lines if line.startswith(("    --", "-")) and "--" in line]


@check
def the_version_for_programs():
    facts = json.loads(run(chosen.program, "version", "-o", "json"))
    expect({"version", "build", "platform", "kubernetesVersion", "libraries"} <= set(facts), f"{sorted(facts)}")
    libraries = {one["name"]: one for one in facts["libraries"]}
    expect({"libnftnl.so.11", "libmnl.so.0", "libnl-3.so.200", "libsqlite3.so.0"} <= set(libraries), f"{sorted(libraries)}")
    expect(libraries["libnftnl.so.11"]["version"].startswith("11."), f"{libraries['libnftnl.so.11']}")
    expect(facts["version"] in run(chosen.program, "--version"), "--version tells another version")
    run(chosen.program, "version", "-o", "yaml", status=64)


@check
def every_flag_is_in_all_helps():
    flags = proxy_flags()
    expect(len(flags) > 50, f"only {len(flags)} flags of proxy")
    other = run(chosen.program, "help", "proxy")
    missing = [flag for flag in flags if f"--{flag}=" not in other]
    expect(not missing, f"`help proxy` lacks {missing}")
    for command in commands():
        text = run(chosen.program, command, "--help")
        expect("Usage:" in text or "USAGE:" in text, f"{command} --help says not how to use it")
    for command in ("up", "apiserver", "controllers", "scheduler", "proxy"):
        text = run(chosen.program, command, "--help")
        expect("--logging-format" in text, f"{command} has no --logging-format")


@check
def bash_completes_commands_and_flags():
    with directory() as place:
        script = place / "viaduct.bash"
        script.write_text(run(chosen.program, "--generate-completion-script", "bash"))
        (place / "viaduct").symlink_to(chosen.program)

        def complete(*words):
            line = " ".join(words)
            text = (f'source {script}; COMP_WORDS=({" ".join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; '
                    f'COMP_LINE="{line}"; COMP_POINT={len(line)}; '
                    f'_viaduct viaduct "{words[-1]}" "{words[-2]}"; printf "%s\\n" "${{COMPREPLY[@]}}"')
            return run("bash", "-c", text, env={**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}).split()

        expect(set(complete("viaduct", "se")) == {"services"}, f"commands: {complete('viaduct', 'se')}")
        found = complete("viaduct", "proxy", "--")
        missing = [flag for flag in proxy_flags() if len(flag) > 1 and f"--{flag}" not in found]
        expect(not missing, f"proxy lacks {missing}")
        modes = complete("viaduct", "proxy", "--proxy-mode", "")
        expect(set(modes) == {"nftables", "iptables", "ipvs", "userspace"}, f"modes: {modes}")
        expect("--data-dir" in complete("viaduct", "up", "--data"), "up lacks --data-dir")
    for shell, word in (("zsh", "#compdef viaduct"), ("fish", "complete -c 'viaduct'")):
        expect(word in run(chosen.program, "--generate-completion-script", shell), f"no script for {shell}")


@check
def manual_pages_tell_what_help_tells():
    with directory() as place:
        manual.write(chosen.program, place, TIME)
        pages = {path.name: gzip.decompress(path.read_bytes()).decode() for path in place.iterdir()}
        expect(set(pages) == {"viaduct.8.gz"} | {f"viaduct-{one}.8.gz" for one in commands() if one != "help"}, f"{sorted(pages)}")
        plain = pages["viaduct-proxy.8.gz"].replace("\\-", "-")
        missing = [flag for flag in proxy_flags() if f"--{flag}=" not in plain]
        expect(not missing, f"viaduct-proxy(8) lacks {missing}")
        expect("--service-cluster-ip-range" in pages["viaduct-up.8.gz"].replace("\\-", "-"), "viaduct-up(8) lacks flags")
        if shutil.which("man"):
            for name in pages:
                problems = subprocess.run(
                    ["man", "--warnings", "-l", place / name], capture_output=True, text=True,
                    env={**os.environ, "MANWIDTH": "200", "LC_ALL": "C.UTF-8"})
                expect(problems.returncode == 0 and not problems.stderr.strip(), f"{name}: {problems.stderr.strip()[:500]}")


@check
def systemd_hears_of_the_ready_proxy():
    """READY=1 when the rules are in force, WATCHDOG=1 in between, STOPPING=1 at the end."""
    with directory() as place, World() as world:
        path = place / "notify"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(str(path))
        listener.settimeout(0.1)
        port, control = free_ports(2)
        child = world.start("node1", [
            str(chosen.program), "up", "--data-dir", str(place / "data"), "--in-memory", "--hostname-override", "node1",
            "--secure-port", str(port), "--control-plane-port", str(control), "--logging-format", "json"],
            output=open(place / "log", "w"),
            environment={**os.environ, "NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "1000000"})
        heard = []

        def hears(what):
            with contextlib.suppress(TimeoutError):
                heard.extend(listener.recv(4096).decode().splitlines())
            return what in heard

        try:
            expect(wait_until(lambda: hears("READY=1")), f"it is not ready; heard: {heard}")
            table = world.run("node1", ["nft", "list", "table", "ip", "viaduct"])
            expect(table.returncode == 0, "it is ready before its rules are in force")
            expect(any(one.startswith("STATUS=serving https://") for one in heard), f"{heard}")
            heard.clear()
            expect(wait_until(lambda: hears("WATCHDOG=1")), "it gives no sign of life")
            child.terminate()
            expect(wait_until(lambda: hears("STOPPING=1")), f"it does not tell of its end: {heard}")
            expect(child.wait(60) == 0, f"it ended with {child.returncode}")
        finally:
            if child.poll() is None:
                child.kill()
        for line in (place / "log").read_text().splitlines():
            json.loads(line)


@check
def services_are_what_systemd_takes():
    if not shutil.which("systemd-analyze"):
        raise Failed("systemd-analyze is missing: run integration/setup as root")
    with directory() as place:
        for unit in (PACKAGING / "systemd").iterdir():
            # The program stands elsewhere before it is installed.
            (place / unit.name).write_text(unit.read_text().replace("/usr/bin/viaduct", str(chosen.program)))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", place / unit.name], capture_output=True, text=True)
            about = [line for line in done.stderr.splitlines() if unit.name in line]
            expect(not about, "\n".join(about))


@check
def the_package_holds_what_it_should():
    with directory() as place:
        package = pathlib.Path(chosen.packages or place) / "viaduct.deb"
        if chosen.packages:
            package = next(pathlib.Path(chosen.packages).glob("*.deb"))
        else:
            package_files.stage(stripped(place), place / "root", TIME)
            # The newest build is linked to Swift's libraries, which no package has.
            dependencies = sorted(set(program_file.listed(PACKAGING / "libraries.txt").values()))
            debian_package.write(package, place / "root", PACKAGING / "debian", "0.0.1", dependencies, TIME, "none")
        fields = run("dpkg-deb", "--field", package)
        expect("Package: viaduct\n" in fields and "libnftnl11" in fields, fields)
        listing = run("dpkg-deb", "--contents", package)
        for path in ("./usr/bin/viaduct", "./lib/systemd/system/viaduct-proxy.service", "./etc/viaduct/proxy.yaml",
                     "./usr/share/bash-completion/completions/viaduct", "./usr/share/zsh/vendor-completions/_viaduct",
                     "./usr/share/fish/vendor_completions.d/viaduct.fish", "./usr/share/man/man8/viaduct-proxy.8.gz",
                     "./usr/share/doc/viaduct/MIGRATION.md", "./usr/share/doc/viaduct/copyright"):
            expect(f" {path}\n" in listing, f"{path} is not in the package")
        expect(all("root/root" in line for line in listing.splitlines()), "files are not root's")
        configuration = place / "proxy.yaml"
        configuration.write_text((PACKAGING / "proxy.yaml").read_text())
        run(chosen.program, "proxy", "--config", configuration, "--strict-config", "--write-config-to", place / "out.yaml")


@check
def packages_of_one_program_are_the_same_bytes():
    def make(place, program):
        package, image = place / "viaduct.deb", place / "image.tar"
        package_files.stage(program, place / "root", TIME)
        debian_package.write(package, place / "root", PACKAGING / "debian", "0.0.1", ["libc6"], TIME, "none")
        oci_image.write(image, program, "0.0.1", TIME, level=1)
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in (package, image)]

    with directory() as place, directory() as other:
        program = stripped(place)
        first = make(place, program)
        copy = shutil.copyfile(program, other / "copy")
        copy.chmod(0o755)
        second = make(other, copy)
    expect(first == second, f"the package is the same: {first[0] == second[0]}, the image: {first[1] == second[1]}")


@check
def the_image_is_an_oci_layout():
    with directory() as place:
        if chosen.packages:
            image = next(pathlib.Path(chosen.packages).glob("*-image.tar"))
        else:
            image = place / "image.tar"
            oci_image.write(image, stripped(place), "0.0.1", TIME, level=1)
        with tarfile.open(image) as archive:
            def blob(descriptor):
                return archive.extractfile("blobs/" + descriptor["digest"].replace(":", "/")).read()
            index = json.load(archive.extractfile("index.json"))
            manifest = json.loads(blob(index["manifests"][0]))
            config = json.loads(blob(manifest["config"]))
            layer = gzip.decompress(blob(manifest["layers"][0]))
        expect(config["config"]["Entrypoint"] == ["/usr/bin/viaduct"], f"{config['config']}")
        (place / "layer.tar").write_bytes(layer)
        (place / "root").mkdir()
        run("tar", "-xf", place / "layer.tar", "-C", place / "root")
        # Nothing of this host but what the image brings, and /proc as in every container.
        (place / "root/proc").mkdir(exist_ok=True)
        text = run("unshare", "--mount", "sh", "-c", 'mount -t proc proc "$0/proc" && chroot "$0" /usr/bin/viaduct version',
                   place / "root")
        expect(text.startswith("viaduct "), text)
        with containerd(place) as ctr:
            run(*ctr, "images", "import", image)
            name = run(*ctr, "images", "list", "--quiet").strip()
            expect(name.startswith("docker.io/library/viaduct:"), f"the image is called {name}")
            # Its own entry point and arguments.
            text = run(*ctr, "run", "--rm", name, f"package-{os.getpid()}")
            expect("viaduct <subcommand>" in text, f"under containerd: {text[:300]}")


@contextlib.contextmanager
def containerd(place):
    """A containerd of its own; yields the words before those for ctr."""
    config, log = place / "containerd.toml", open(place / "containerd.log", "w")
    config.write_text(CONFIGURATION.format(directory=place, run=place / "run", pause="none", plugins=PLUGINS))
    child = subprocess.Popen(["containerd", "--config", config], stdout=log, stderr=log)
    ctr = ["ctr", "--address", str(place / "run/containerd.sock")]
    try:
        answers = wait_until(lambda: subprocess.run([*ctr, "version"], capture_output=True).returncode == 0, pause=0.1)
        expect(answers, f"containerd does not answer: {(place / 'containerd.log').read_text()[-500:]}")
        yield ctr
    finally:
        child.terminate()
        child.wait(60)


@check
def manifests_are_taken_by_our_own_server():
    """The kustomization, and the chart as Go's template engine renders it, both applied."""
    if not shutil.which("go"):
        raise Failed("go is missing: run integration/setup as root")
    with directory() as place, World() as world:
        port, control = free_ports(2)
        up = Up(world, chosen.program, place / "data", ["--in-memory", "--secure-port", str(port), "--control-plane-port",
                                                       str(control)])
        try:
            manifests = run("kubectl", "kustomize", PACKAGING / "kubernetes")
            up.kubectl("apply", "-f", "-", input=manifests)
            chart = render({"apiServer": "https://10.0.0.1:6443", "configuration": {"mode": "ipvs", "ipvs": {"scheduler": "lc"}}}, place)
            up.kubectl("create", "namespace", "edge")
            up.kubectl("apply", "-f", "-", input=chart)
            for name, namespace in (("viaduct-proxy", "kube-system"), ("trial", "edge")):
                found = json.loads(up.kubectl("get", "daemonset", name, "-n", namespace, "-o", "json"))
                container = found["spec"]["template"]["spec"]["containers"][0]
                expect(container["image"] == f"viaduct:{version()}", f"{name}: {container['image']}")
                expect(container["securityContext"]["capabilities"]["drop"] == ["ALL"], f"{container['securityContext']}")
                text = json.loads(up.kubectl("get", "configmap", name, "-n", namespace, "-o", "json"))["data"]
                (place / "config.yaml").write_text(text["config.yaml"])
                run(chosen.program, "proxy", "--config", place / "config.yaml", "--strict-config", "--write-config-to",
                    place / "out.yaml")
                account = f"system:serviceaccount:{namespace}:{name}"
                for words in ("list services", "watch endpointslices.discovery.k8s.io", "get nodes", "create events"):
                    expect(up.kubectl("auth", "can-i", *words.split(), "--as", account, check=False).strip() == "yes",
                           f"{account} may not {words}")
                expect(up.kubectl("auth", "can-i", "list", "secrets", "--as", account, check=False).strip() == "no",
                       f"{account} may list secrets")
            rules = [json.loads(up.kubectl("get", "clusterrole", name, "-o", "json"))["rules"] for name in ("viaduct-proxy", "trial")]
            expect(rules[0] == rules[1], f"the kustomization and the chart allow different things: {rules}")
            expect("mode: ipvs" in (place / "out.yaml").read_text(), "the chart's configuration does not reach the proxy")
        finally:
            up.stop()
        refused = render({}, place, status=1)
        expect("apiServer: say where" in refused, f"without apiServer: {refused}")


def version():
    return json.loads(run(chosen.program, "version", "-o", "json"))["version"]


def render(values, place, status=0):
    import yaml
    chart = PACKAGING / "chart"
    merged = {**yaml.safe_load((chart / "values.yaml").read_text()), **values}
    about = yaml.safe_load((chart / "Chart.yaml").read_text())
    (place / "values.json").write_text(json.dumps({
        "Values": merged, "Chart": {"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
        "Release": {"Name": "trial", "Namespace": "edge"}}))
    done = subprocess.run(
        ["go", "run", ROOT / "integration/chart_render.go", place / "values.json", *sorted((chart / "templates").iterdir())],
        capture_output=True, text=True, env={**os.environ, "GOFLAGS": "-mod=mod", "GOCACHE": str(place / "go")})
    expect(done.returncode == status, f"the chart: status {done.returncode}: {done.stderr.strip()[-800:]}")
    return done.stdout if status == 0 else done.stderr


@with_packages
def the_program_needs_what_debian_has():
    program = pathlib.Path(chosen.packages) / "viaduct"
    program_file.libraries(program, PACKAGING / "libraries.txt")
    expect(program.stat().st_size < 95e6, f"the program has {program.stat().st_size / 1e6:.0f} MB")
    package = next(pathlib.Path(chosen.packages).glob("*.deb"))
    expect(package.stat().st_size < 30e6, f"the package has {package.stat().st_size / 1e6:.0f} MB")


BOOT = """
mount --make-rprivate / && mount --bind $0 $0
mount -t proc proc $0/proc && mount -t sysfs sysfs $0/sys && mount -t cgroup2 cgroup2 $0/sys/fs/cgroup
mount -t tmpfs tmpfs $0/run && mount -t tmpfs -o mode=755 tmpfs $0/dev
for device in null zero full random urandom tty; do
    touch $0/dev/$device && mount --bind /dev/$device $0/dev/$device
done
mkdir $0/dev/shm && ip link set lo up
# A way out, as every host has one: without a route no packet to a Service begins.
ip link add eth0 type veth peer name out && ip link set out up && ip address add 192.168.0.2/24 dev eth0
ip link set eth0 up && ip route add default via 192.168.0.1
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot $0 /lib/systemd/systemd --log-target=null
"""


@contextlib.contextmanager
def booted(root):
    """Its systemd as the first process of namespaces and a control group of their own; yields words that run a command
    in there."""
    group = next(path for path in map(pathlib.Path, ("/sys/fs/cgroup/unified", "/sys/fs/cgroup"))
                 if (path / "cgroup.procs").exists()) / f"viaduct-{os.getpid()}"
    group.mkdir()
    child = subprocess.Popen(
        ["bash", "-c", f'echo $$ > {group}/cgroup.procs && exec unshare --mount --pid --fork --uts --ipc --net --cgroup '
         '--kill-child bash -c "$1" "$2"', "boot", BOOT, str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        def first():
            return pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
        expect(wait_until(first), "nothing starts in the namespaces")
        inside = ["nsenter", "--target", first()[0], "--all", "chroot", str(root)]

        def runs():
            state = subprocess.run([*inside, "systemctl", "is-system-running"], capture_output=True, text=True)
            return state.stdout.strip() in ("running", "degraded")
        expect(wait_until(runs, 180, 0.5), "systemd does not come up")
        yield inside
    finally:
        child.kill()
        child.wait()
        groups = [path for path in sorted(group.rglob("*"), reverse=True) if path.is_dir()] + [group]
        def is_gone():
            for path in groups:
                with contextlib.suppress(OSError):
                    path.rmdir()
            return not group.exists()
        wait_until(is_gone, 10, 0.2)


@with_packages
def a_bare_debian_balances_a_service():
    """A fresh Debian without Swift, with its own systemd: the package by apt, `systemctl start viaduct-up`, a Service."""
    with directory() as place:
        root = pathlib.Path(chosen.debian or place / "debian")
        if not root.exists():
            run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,iproute2,python3,curl,ca-certificates",
                "bookworm", root)
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        for source in pathlib.Path("/etc/apt/apt.conf.d").glob("*prox*"):
            shutil.copy(source, root / "etc/apt/apt.conf.d")
        shutil.copy(next(pathlib.Path(chosen.packages).glob("*.deb")), root / "viaduct.deb")
        begun = time.monotonic()
        run("chroot", root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", "/viaduct.deb", "kubernetes-client",
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        expect(not list(root.glob("usr/lib/**/libswiftCore.so")), "Swift is there")
        with booted(root) as inside:
            run(*inside, "systemctl", "start", "viaduct-up")
            status = run(*inside, "systemctl", "status", "--no-pager", "viaduct-up")
            expect("the rules are in force" in status, status)
            run(*inside, "bash", "-ec", """
                for n in 1 2; do
                    ip address add 192.0.2.1$n/32 dev lo
                    mkdir -p /srv/$n && echo "hello from $n" > /srv/$n/index.html
                    systemd-run --quiet python3 -m http.server 8080 --bind 192.0.2.1$n --directory /srv/$n
                done
                export KUBECONFIG=/var/lib/viaduct/admin.kubeconfig
                kubectl apply -f /usr/share/doc/viaduct/examples/hello.yaml""")
            answers = set()

            def asked():
                done = subprocess.run([*inside, "curl", "-s", "--max-time", "2", "http://10.96.0.88/"], capture_output=True, text=True)
                answers.add(done.stdout.strip())
                return {"hello from 1", "hello from 2"} <= answers
            expect(wait_until(asked), f"answers: {answers}")
            seconds = time.monotonic() - begun
            print(f"  from the package to balanced connections: {seconds:.0f} s")
            expect(seconds < 120, f"{seconds:.0f} s from the package to balanced connections")
            run(*inside, "viaduct", "explain", "node", "service/hello", "--kubeconfig=/var/lib/viaduct/admin.kubeconfig")
            run(*inside, "viaduct", "services", "hello")
            # The services' sandboxes let them do all that they need, restarts keep what is there.
            run(*inside, "systemctl", "restart", "viaduct-up")
            answers.clear()
            expect(wait_until(asked), f"answers after a restart: {answers}")
            journal = run(*inside, "journalctl", "--no-pager", "-u", "viaduct-up")
            bad = [line for line in journal.splitlines() if any(
                word in line.lower() for word in ("not permitted", "read-only", "forbidden"))]
            expect(not bad, "\n".join(bad))
            run(*inside, "cp", "/var/lib/viaduct/admin.kubeconfig", "/etc/viaduct/proxy.kubeconfig")
            run(*inside, "apt-get", "purge", "-y", "-qq", "viaduct")
            expect(not (root / "var/lib/viaduct").exists(), "purging leaves data behind")


def main():
    global chosen
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viaduct", dest="program", metavar="PATH", help="default: the newest build")
    parser.add_argument("--packages", metavar="DIRECTORY", help="what integration/package made")
    parser.add_argument("--debian", metavar="DIRECTORY", help="a fresh Debian that debootstrap made with systemd, to change")
    parser.add_argument("--only", metavar="TEXT", default="", help="checks whose names have this in them")
    chosen = parser.parse_args()
    if chosen.packages and not chosen.program:
        chosen.program = pathlib.Path(chosen.packages) / "viaduct"
    chosen.program = pathlib.Path(chosen.program or default_binary()).resolve()
    check.run(only=chosen.only, wanted=lambda function: chosen.packages or not hasattr(function, "needs_packages"))


if __name__ == "__main__":
    main()

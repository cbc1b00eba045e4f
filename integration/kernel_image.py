"""The kernel of kernel-run's machine: Debian's package, unpacked and never installed, and an initramfs for it."""

import fcntl
import lzma
import os
import pathlib
import re
import subprocess
import tempfile

CACHE = pathlib.Path(__file__).resolve().parent.parent / ".build" / "integration" / "kernel"
INIT = pathlib.Path(__file__).resolve().parent / "kernel-init"
METAPACKAGE = "linux-image-amd64"
BUSYBOX = "/bin/busybox"
# what the machine needs to see the host's files and to speak with kernel-run; all others are loaded on demand
BOOT_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "virtio_console")


class Unavailable(Exception):
    """There is no kernel to boot; the message tells how to mend it."""


class Kernel:
    """An unpacked kernel package: `directory` holds boot/vmlinuz-RELEASE and lib/modules/RELEASE."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory).resolve()
        images = sorted(self.directory.glob("boot/vmlinuz-*"))
        if len(images) != 1:
            raise Unavailable(f"{directory} holds {len(images) or 'no'} boot/vmlinuz-*; one is needed")
        self.image = images[0]
        self.release = self.image.name.removeprefix("vmlinuz-")
        self.module_tree = (self.directory / "lib" / "modules").resolve()
        self.modules = self.module_tree / self.release
        if not (self.modules / "modules.dep").exists():
            raise Unavailable(f"{self.modules} has no modules.dep: run 'depmod -b {directory} {self.release}'")

    def loading_order(self, wanted=BOOT_MODULES):
        """The files of these modules and of what they depend on, relative to `modules`; built-in ones left out."""
        dependencies = {}
        for line in (self.modules / "modules.dep").read_text().splitlines():
            path, _, others = line.partition(":")
            dependencies[path] = others.split()
        by_name = {re.sub(r"\.ko(\..+)?$", "", os.path.basename(path)).replace("-", "_"): path for path in dependencies}
        order = []
        for name in wanted:
            if name in by_name:
                # modules.dep names what must be loaded first last
                order += [*reversed(dependencies[by_name[name]]), by_name[name]]
        return list(dict.fromkeys(order))

    def initramfs(self, settings):
        """The bytes of an initramfs whose /settings holds these lines of shell beside the list of modules."""
        archive = Archive()
        for name in ("bin", "dev", "host", "memory", "modules", "proc", "root", "sys"):
            archive.directory(name)
        archive.file("bin/busybox", pathlib.Path(BUSYBOX).read_bytes(), 0o755)
        archive.file("init", INIT.read_bytes(), 0o755)
        names = []
        for path in self.loading_order():
            data = (self.modules / path).read_bytes()
            names.append(re.sub(r"\.ko\..+$", ".ko", os.path.basename(path)))
            archive.file(f"modules/{names[-1]}", lzma.decompress(data) if path.endswith(".xz") else data)
        lines = [f"modules='{' '.join(names)}'", *settings, ""]
        archive.file("settings", "\n".join(lines).encode(errors="surrogateescape"))
        return archive.finish()


class Archive:
    """A cpio archive in the "newc" format that the kernel unpacks as its first root file system."""

    def __init__(self):
        self.data = bytearray()
        self.number = 0

    def directory(self, name):
        self._add(name, 0o040755)

    def file(self, name, content, mode=0o644):
        self._add(name, 0o100000 | mode, content)

    def finish(self):
        self._add("TRAILER!!!", 0)
        return bytes(self.data)

    def _add(self, name, mode, content=b""):
        self.number += 1
        name = name.encode() + b"\0"
        # inode, mode, owner, group, links, time, size, device and special device (major, minor), name's size, checksum
        fields = [self.number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0]
        for part in (b"070701" + b"".join(b"%08X" % field for field in fields) + name, content):
            self.data += part
            self.data += b"\0" * (-len(self.data) % 4)


def find(named, say):
    """The kernel to boot: `named` (a package file or a directory) or else the newest that apt knows.

    It is downloaded and unpacked where that has not been done yet; `say` is called with what takes time.
    """
    if named:
        path = pathlib.Path(named)
        if path.is_dir():
            return Kernel(path)
        if not path.is_file():
            raise Unavailable(f"there is no kernel package or directory {path}")
        fields = ["dpkg-deb", "--show", "--showformat", "${Package}_${Version}", str(path)]
        return Kernel(_unpacked(CACHE / _run(*fields), lambda _: path.resolve(), say))
    package, version = _candidate() or (None, None)
    if package is None and (cached := _newest_cached()):
        return Kernel(cached)
    if package is None:
        say("asking apt for its lists of packages")
        _run("apt-get", "update", "-qq")
        package, version = _candidate() or (None, None)
    if package is None:
        raise Unavailable(f"apt knows no {METAPACKAGE}: name a kernel package with VIADUCT_KERNEL")
    target = CACHE / f"{package}_{version}"
    return Kernel(_unpacked(target, lambda directory: _download(package, directory, say), say))


def _run(*command, directory=None):
    try:
        return subprocess.run(
            command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise Unavailable(f"there is no {command[0]} here: run integration/setup") from None
    except subprocess.CalledProcessError as error:
        why = (error.stderr.strip().splitlines() or [f"status {error.returncode}"])[-1]
        raise Unavailable(f"'{' '.join(command)}' failed: {why}") from None


def _candidate():
    """(package, version) of the kernel that apt would install, or None."""
    try:
        text = _run("apt-cache", "show", "--no-all-versions", METAPACKAGE)
    except Unavailable:
        return None
    found = re.search(r"^Depends:.*?\b(linux-image-[0-9][^ ,]*) \(= ([^)]+)\)", text, re.MULTILINE)
    return found.groups() if found else None


def _newest_cached():
    return max(CACHE.glob("linux-image-*_*"), key=lambda path: path.stat().st_mtime, default=None)


def _download(package, directory, say):
    say(f"downloading {package}")
    try:
        _run("apt-get", "download", "-qq", package, directory=directory)
    except Unavailable:
        # the lists may be old: they name a version that the mirror no longer has
        _run("apt-get", "update", "-qq")
        _run("apt-get", "download", "-qq", package, directory=directory)
    return next(pathlib.Path(directory).glob("*.deb"))


def _unpacked(target, obtain, say):
    """`target`, unpacked from the package file that obtain(directory) gives where it does not exist yet."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return target
        with tempfile.TemporaryDirectory(prefix=".new-", dir=CACHE) as directory:
            package = obtain(directory)
            say(f"unpacking {package.name}")
            unpacked = pathlib.Path(directory) / "unpacked"
            _run("dpkg-deb", "-x", str(package), str(unpacked))
            for modules in unpacked.glob("lib/modules/*"):
                _run("depmod", "-b", str(unpacked), modules.name)
            Kernel(unpacked)  # complains where it is no kernel's package
            unpacked.rename(target)
    return target

"""The control group of a world's node and pods, so that socket balancing has their sockets and nobody else's.

All hosts of a world are one machine to the kernel: those that play other machines must stay out of the group.
"""

import os
import pathlib

PINS = pathlib.Path("/sys/fs/bpf/viaduct")
INSIDE = ("node1", "pod1", "pod2", "pod3")


def hierarchy():
    """Where control groups v2 are mounted, or None."""
    for line in pathlib.Path("/proc/mounts").read_text().splitlines():
        fields = line.split()
        if fields[2] == "cgroup2":
            return pathlib.Path(fields[1])
    return None


def missing():
    """What this machine lacks, or None."""
    if hierarchy() is None:
        return "there are no control groups v2"
    if not pathlib.Path("/sys/fs/bpf").is_dir():
        return "this kernel has no eBPF"
    return None


def remove(folder):
    """Unpins what a proxy has pinned."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()


class SocketGroup:
    def __init__(self, world):
        self.path = hierarchy() / f"vd{os.getpid()}"
        for old in hierarchy().glob("vd[0-9]*"):
            if not pathlib.Path(f"/proc/{old.name[2:]}").exists():
                self._remove(old)
        self.path.mkdir(exist_ok=True)
        self.number = self.path.stat().st_ino
        for host in INSIDE:
            (self.path / "cgroup.procs").write_text(str(world[host].process))

    # `ip netns exec` hides the host's /sys: back to the mounts of this process.
    wrapper = ("nsenter", f"--mount=/proc/{os.getpid()}/ns/mnt", "--")

    def section(self, **changes):
        return {"socketBalancing": {"enabled": True, "cgroup": str(self.path), **changes}}

    def pinned(self):
        """The names of what is pinned for this group."""
        return sorted(path.name for path in PINS.glob(f"*/{self.number}-*/*"))

    def translates(self):
        """Whether connections are begun by eBPF: what only restores addresses stays for sockets that are there."""
        return "connect4_link" in self.pinned()

    def unpin(self):
        for folder in PINS.glob(f"*/{self.number}-*"):
            remove(folder)

    def close(self):
        self.unpin()
        if self.path.exists():
            self._remove(self.path)

    @staticmethod
    def _remove(path):
        for process in (path / "cgroup.procs").read_text().split():
            (path.parent / "cgroup.procs").write_text(process)
        path.rmdir()

"""Images made by hand for containerd, of busybox-static: nothing is pulled from anywhere."""

import hashlib
import io
import json
import pathlib
import shutil
import subprocess
import tarfile

BUSYBOX = "docker.io/library/busybox:1.35"
PAUSE = "registry.k8s.io/pause:3.9"
PASSWD = b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"


def _add(archive, name, data, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.mode = mode
    if data is None:
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
    else:
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))


def _link(archive, name, target):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    archive.addfile(entry)


def write(path, name, configuration):
    """An image in Docker's archive format with busybox and its commands in /bin."""
    busybox = pathlib.Path(shutil.which("busybox"))
    commands = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for directory in ("bin", "etc", "proc", "sys", "dev", "root"):
            _add(archive, directory, None, 0o755)
        _add(archive, "tmp", None, 0o1777)
        _add(archive, "bin/busybox", busybox.read_bytes(), 0o755)
        _add(archive, "etc/passwd", PASSWD)
        _add(archive, "etc/group", b"root:x:0:\n")
        for command in commands:
            if command != "busybox":
                _link(archive, f"bin/{command}", "busybox")
    layer = layer.getvalue()
    digest = hashlib.sha256(layer).hexdigest()
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": configuration,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]}}).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = json.dumps([{"Config": config_name, "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]}]).encode()
    with tarfile.open(path, "w") as archive:
        for member, data in ((config_name, config), (f"{digest}/layer.tar", layer), ("manifest.json", manifest)):
            _add(archive, member, data)


def write_all(directory):
    """[paths] of the archives of busybox and of the pause image."""
    directory = pathlib.Path(directory)
    paths = [directory / "busybox.tar", directory / "pause.tar"]
    write(paths[0], BUSYBOX, {"Env": ["PATH=/bin"], "Cmd": ["sh"]})
    write(paths[1], PAUSE, {"Entrypoint": ["/bin/sleep", "2147483647"]})
    return paths

"""An OCI image of the program and the libraries that it loads, without a daemon.

Layout and media types: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
"""

import datetime
import gzip
import hashlib
import io
import json
import pathlib
import tarfile

import program_file

BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def write(file, program, version, time, level=9):
    layer = _layer(program, time)
    packed = gzip.compress(layer, compresslevel=level, mtime=0)
    created = datetime.datetime.fromtimestamp(time, datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    blobs = {}

    def blob(content, kind, **more):
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content), **more}

    config = {
        "architecture": "amd64", "os": "linux", "created": created,
        "config": {"Entrypoint": ["/usr/bin/viaduct"], "Cmd": ["--help"], "Env": ["PATH=/usr/bin"],
                   "Labels": {"org.opencontainers.image.title": "viaduct",
                              "org.opencontainers.image.version": version,
                              "org.opencontainers.image.licenses": "Apache-2.0"}},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
        "history": [{"created": created, "created_by": "integration/package"}]}
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(_json(config), "config.v1+json"),
        "layers": [blob(packed, "layer.v1.tar+gzip")]}
    name = f"docker.io/library/viaduct:{version}"
    index = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [blob(_json(manifest), "manifest.v1+json", platform={"architecture": "amd64", "os": "linux"},
                           annotations={"io.containerd.image.name": name,
                                        "org.opencontainers.image.ref.name": version})]}
    with tarfile.open(file, "w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in [("oci-layout", _json({"imageLayoutVersion": "1.0.0"})), ("index.json", _json(index)),
                              *((f"blobs/sha256/{digest}", blobs[digest]) for digest in sorted(blobs))]:
            _add(archive, path, content, 0o644, time)


def _json(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _layer(program, time):
    """The files of the image. Only what the program loads: there is no shell and no package manager in it."""
    files = {"usr/bin/viaduct": (program.read_bytes(), 0o755),
             "etc/passwd": (b"root:x:0:0:root:/root:/usr/sbin/nologin\n", 0o644),
             "etc/nsswitch.conf": (b"hosts: files dns\n", 0o644)}
    if BUNDLE.exists():
        files[str(BUNDLE).lstrip("/")] = (BUNDLE.read_bytes(), 0o644)
    for path in program_file.files(program):
        files[path.lstrip("/")] = (pathlib.Path(path).resolve().read_bytes(), 0o755)
    directories = {str(parent) for path in files for parent in pathlib.PurePath(path).parents} - {"."} | {"tmp", "run"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(directories):
            _add(archive, path, None, 0o1777 if path == "tmp" else 0o755, time)
        for path in sorted(files):
            _add(archive, path, *files[path], time)
    return buffer.getvalue()


def _add(archive, path, content, mode, time):
    entry = tarfile.TarInfo(path)
    entry.mtime, entry.mode = time, mode
    if content is None:
        entry.type = tarfile.DIRTYPE
        archive.addfile(entry)
    else:
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))

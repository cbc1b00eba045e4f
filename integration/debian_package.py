"""A binary Debian package of a tree of files."""

import os
import shutil
import subprocess


def write(file, root, parts, version, dependencies, time, compression="xz"):
    """
    file: where the package goes; root: the files as they are installed, whose owner becomes root; parts: control with
    @VERSION@, @SIZE@ and @DEPENDS@, conffiles and the scripts; time: of all files, in seconds since 1970; compression: as dpkg-deb names it.
    """
    control = root / "DEBIAN"
    control.mkdir()
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024
    text = (parts / "control").read_text()
    for key, value in {"VERSION": version, "SIZE": str(size), "DEPENDS": ", ".join(dependencies)}.items():
        text = text.replace(f"@{key}@", value)
    (control / "control").write_text(text)
    for name in ("conffiles", "postinst", "prerm", "postrm"):
        shutil.copy(parts / name, control / name)
    for path in [root, *root.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (time, time))
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", f"-Z{compression}", "--build", root, file], check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(time)})
    shutil.rmtree(control)

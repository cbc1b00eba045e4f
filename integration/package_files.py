"""Which file goes where in the package."""

import pathlib
import shutil
import subprocess

import manual

ROOT = pathlib.Path(__file__).resolve().parent.parent


def stage(program, root, time):
    """The files of the package as they are installed."""
    copies = {
        program: "usr/bin/viaduct",
        **{unit: f"lib/systemd/system/{unit.name}" for unit in (ROOT / "packaging/systemd").iterdir()},
        ROOT / "packaging/proxy.yaml": "etc/viaduct/proxy.yaml",
        ROOT / "packaging/viaduct-proxy.default": "etc/default/viaduct-proxy",
        ROOT / "packaging/viaduct-up.default": "etc/default/viaduct-up",
        ROOT / "packaging/viaduct-node.default": "etc/default/viaduct-node",
        ROOT / "packaging/viaduct-join.default": "etc/default/viaduct-join",
        ROOT / "packaging/MIGRATION.md": "usr/share/doc/viaduct/MIGRATION.md",
        ROOT / "LICENSE": "usr/share/doc/viaduct/copyright",
        ROOT / "README.md": "usr/share/doc/viaduct/README.md",
        ROOT / "CHANGELOG.md": "usr/share/doc/viaduct/CHANGELOG.md",
        ROOT / "integration/examples/hello.yaml": "usr/share/doc/viaduct/examples/hello.yaml",
        ROOT / "integration/grafana/services.json": "usr/share/viaduct/grafana/services.json",
    }
    for source, target in copies.items():
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, root / target)
        (root / target).chmod(0o755 if target.startswith("usr/bin/") else 0o644)
    shells = {
        "bash": "usr/share/bash-completion/completions/viaduct", "zsh": "usr/share/zsh/vendor-completions/_viaduct",
        "fish": "usr/share/fish/vendor_completions.d/viaduct.fish"}
    for shell, target in shells.items():
        script = subprocess.run(
            [program, "--generate-completion-script", shell], capture_output=True, check=True).stdout
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / target).write_bytes(script)
    manual.write(program, root / "usr/share/man/man8", time)

"""What a program needs of the host."""

import subprocess


def listed(table):
    """The table's names with their packages."""
    lines = [line.split(None, 1) for line in table.read_text().splitlines() if line and not line.startswith("#")]
    return {name: package for name, package in lines}


def libraries(program, table):
    """The packages of the libraries that the program is linked to; ends where the table lacks one."""
    known = listed(table)
    text = subprocess.run(["readelf", "--dynamic", "--wide", program], capture_output=True, text=True, check=True).stdout
    needed = [line.split("[")[1].split("]")[0] for line in text.splitlines() if "(NEEDED)" in line]
    unknown = sorted(set(needed) - set(known))
    if unknown:
        raise SystemExit(f"{program} needs {', '.join(unknown)}, which {table.name} does not list")
    return sorted({known[name] for name in needed})


def files(program):
    """The paths of all shared libraries that the program loads, the loader among them."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    words = [line.split() for line in text.splitlines()]
    return [line[2] if "=>" in line else line[0] for line in words if "=>" in line or line[0].startswith("/")]

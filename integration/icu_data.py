"""ICU's data for a program that speaks one language: a library to be linked in place of the toolchain's, whose data is a
third of the program.

The format is that of ICU's common data, a header and a table of offsets to names and contents:
https://github.com/unicode-org/icu/blob/main/icu4c/source/common/ucmndata.h
"""

import fnmatch
import json
import pathlib
import re
import shutil
import struct
import subprocess

ALIGNMENT = 16
MEMBER = "icu_packaged_data.cpp.o"


def toolchain_library():
    words = ["swiftc", "-static-stdlib", "-print-target-info"]
    facts = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return pathlib.Path(facts["paths"]["runtimeResourcePath"]) / "linux/lib_FoundationICU.a"


def write(folder, listed):
    """Writes the library into the folder and returns its path. The file `listed` names what is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "lib_FoundationICU.a"
    shutil.copyfile(toolchain_library(), library)
    subprocess.run(["ar", "x", "--output", folder, library, MEMBER], check=True)
    names = subprocess.run(["nm", folder / MEMBER], capture_output=True, text=True, check=True).stdout
    symbol = re.fullmatch(r"0+ R (icudt\d+_dat)\n", names)
    if not symbol:
        raise RuntimeError(f"{library} holds other things than ICU's data: {names}")
    subprocess.run(["objcopy", "-O", "binary", "--only-section=.rodata", folder / MEMBER, folder / "all.dat"], check=True)
    patterns = [line.split("#")[0].strip() for line in listed.read_text().splitlines()]
    kept = _filtered((folder / "all.dat").read_bytes(), [pattern for pattern in patterns if pattern])
    (folder / "kept.dat").write_bytes(kept)
    (folder / "icu.s").write_text(
        f'.section .rodata\n.globl {symbol[1]}\n.balign {ALIGNMENT}\n{symbol[1]}: .incbin "kept.dat"\n'
        f'.size {symbol[1]}, . - {symbol[1]}\n.section .note.GNU-stack,"",@progbits\n')
    subprocess.run(["clang", "-c", "icu.s", "-o", MEMBER], cwd=folder, check=True)
    # D: no times and owners, which would make every library another one.
    subprocess.run(["ar", "rD", library, folder / MEMBER], check=True)
    return library


def _filtered(data, patterns):
    header = struct.unpack_from("<H", data)[0]
    if data[2:4] != b"\xda\x27" or data[12:16] != b"CmnD":
        raise RuntimeError("this is not ICU's common data")
    body = data[header:]
    count = struct.unpack_from("<I", body)[0]
    table = [struct.unpack_from("<II", body, 4 + 8 * number) for number in range(count)]
    ends = [start for _, start in table[1:]] + [len(body)]
    items = []
    for (name, start), end in zip(table, ends):
        text = body[name:body.index(b"\0", name)]
        path = text.decode().split("/", 1)[1]  # behind the name of the data itself
        if any(fnmatch.fnmatch(path, pattern) for pattern in patterns):
            items.append((text + b"\0", body[start:end]))
    unused = [one for one in patterns if not any(
        fnmatch.fnmatch(name[:-1].decode().split("/", 1)[1], one) for name, _ in items)]
    if unused:
        raise RuntimeError(f"ICU's data has nothing like {unused}")
    place = 4 + 8 * len(items)
    names = b"".join(name for name, _ in items)
    offset, contents, entries = place, b"", []
    start = -(-(place + len(names)) // ALIGNMENT) * ALIGNMENT
    first = start
    for name, content in items:
        padded = content + bytes(-len(content) % ALIGNMENT)
        entries.append(struct.pack("<II", offset, start))
        offset, start = offset + len(name), start + len(padded)
        contents += padded
    head = struct.pack("<I", len(items)) + b"".join(entries) + names
    return data[:header] + head + bytes(first - len(head)) + contents

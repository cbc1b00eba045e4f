"""Manual pages from what the program says of its commands: one for viaduct, one for each command."""

import gzip
import json
import os
import subprocess
import time as clock

FILES = """.SH FILES
.TP
.I /etc/viaduct/proxy.yaml
configuration of viaduct\\-proxy.service
.TP
.I /etc/default/viaduct\\-proxy, /etc/default/viaduct\\-up
further flags of the services
.TP
.I /var/lib/viaduct
objects, certificates and admin.kubeconfig of viaduct\\-up.service
.TP
.I /run/viaduct/proxy.sock
where root's commands ask the running proxy
"""


def write(program, directory, time):
    """time: the date of the pages, in seconds since 1970."""
    directory.mkdir(parents=True, exist_ok=True)
    dump = subprocess.run([program, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout
    root = json.loads(dump)["command"]
    commands = [one for one in root["subcommands"] if one.get("shouldDisplay", True) and one["commandName"] != "help"]
    pages = {"viaduct": _page(root, "viaduct", time, commands)}
    for command in commands:
        pages[f"viaduct-{command['commandName']}"] = _page(command, f"viaduct-{command['commandName']}", time, [])
    for name, text in pages.items():
        file = directory / f"{name}.8.gz"
        file.write_bytes(gzip.compress(text.encode(), mtime=0))
        os.utime(file, (time, time))


def _page(command, name, time, commands):
    date = clock.strftime("%Y-%m-%d", clock.gmtime(time))
    lines = [f'.TH {name.upper()} 8 {date} Viaduct "System Administration"', ".SH NAME",
             f"{_text(name)} \\- {_text(command['abstract'].rstrip('.'))}", ".SH SYNOPSIS", ".B " + _text(_usage(command, name))]
    if command.get("discussion"):
        lines += [".SH DESCRIPTION", ".nf", *map(_line, command["discussion"].rstrip().splitlines()), ".fi"]
    if commands:
        lines.append(".SH COMMANDS")
        for one in commands:
            lines += [".TP", f".BR viaduct\\-{_text(one['commandName'])} (8)", _line(one["abstract"])]
    section = None
    for option in command.get("arguments", []):
        if not option.get("shouldDisplay", True) or option["kind"] == "positional" and name == "viaduct-proxy":
            continue
        title = option.get("sectionTitle") or "Options"
        if title != section:
            lines.append(f'.SH "{_text(title.upper())}"')
            section = title
        lines += [".TP", f".B {_text(_names(option))}", _line(_help(option))]
    return "\n".join(lines) + "\n" + FILES


def _usage(command, name):
    words = name.replace("-", " ", 1) if command.get("superCommands") else name
    return f"{words} [options]" if command.get("arguments") else words


def _names(option):
    value = f" {option.get('valueName', 'value').upper()}" if option["kind"] == "option" else ""
    if option["kind"] == "positional":
        return option.get("valueName", "argument").upper()
    names = [("-" if one["kind"] == "short" else "--") + one["name"] for one in option.get("names", [])]
    return ", ".join(names) + value


def _help(option):
    text = option.get("abstract", "")
    default = option.get("defaultValue")
    return f"{text} (default: {default})" if default else text


def _text(text):
    return text.replace("\\", "\\e").replace("-", "\\-")


def _line(text):
    """A line of its own, which no leading dot or quote turns into a request."""
    text = _text(text)
    return f"\\&{text}" if text[:1] in (".", "'") else text

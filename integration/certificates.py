"""A certificate authority for one test run, made with openssl."""

import pathlib
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make(directory):
    """ca, server (127.0.0.1) and client certificates with their keys: {name: path} of PEM files."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.{kind}": directory / f"{name}.{kind}" for name in ("ca", "server", "client") for kind in ("crt", "key")}
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", files["ca.key"], "-out", files["ca.crt"], "-days", 2, "-subj", "/CN=test-ca")
    for name, subject, usage in (("server", "/CN=server", "serverAuth"), ("client", "/O=system:nodes/CN=proxy", "clientAuth")):
        request, extensions = directory / f"{name}.csr", directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage={usage}\n")
        openssl("req", *curve, "-keyout", files[f"{name}.key"], "-out", request, "-subj", subject)
        openssl("x509", "-req", "-in", request, "-CA", files["ca.crt"], "-CAkey", files["ca.key"], "-CAcreateserial",
                "-days", 2, "-extfile", extensions, "-out", files[f"{name}.crt"])
    return files

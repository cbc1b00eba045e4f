#!/usr/bin/env python3
"""What extends an API server: webhooks over HTTPS, and custom kinds over a restart. Its last line is
"N passed, N failed, N skipped"."""

import argparse
import base64
import http.server
import json
import pathlib
import ssl
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

import certificates  # noqa: E402
from durability_suite import Client, Report, Server  # noqa: E402
from proxy import default_binary  # noqa: E402
from world import wait_until  # noqa: E402

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
TOYS = "/apis/x.io/v1/namespaces/default/toys"


class Webhook(http.server.BaseHTTPRequestHandler):
    """/mutate labels what it sees, /validate refuses what is called bad, /slow takes longer than it may."""

    seen = []

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        request = review["request"]
        Webhook.seen.append((self.path, request["operation"], request["resource"]["resource"], request["name"]))
        response = {"uid": request["uid"], "allowed": True}
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/mutate":
            patch = [{"op": "add", "path": "/metadata/labels", "value": {"seen": request["userInfo"]["username"].replace(":", "-")}}]
            response.update(patchType="JSONPatch", patch=base64.b64encode(json.dumps(patch).encode()).decode())
            response["warnings"] = ["labelled"]
        if self.path == "/validate" and request["name"].startswith("bad"):
            response.update(allowed=False, status={"message": "bad names are not for us", "code": 403})
        body = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(files):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["server.crt"], files["server.key"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def configuration(kind, name, url, authority, operations, **more):
    hook = {"name": f"{name}.x.io", "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": 30,
            "clientConfig": {"url": url, "caBundle": base64.b64encode(authority).decode()},
            "rules": [{"operations": operations, "apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"]}]}
    return {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "webhooks": [hook | more]}


def configmap(name):
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name}}


def expect(report, name, status, wanted, answer=""):
    report.check(name, [] if status == wanted else [f"{status} instead of {wanted}: {str(answer)[:300]}"])


def webhooks(server, report, files):
    client, web = Client(server), serve(files)
    base = f"https://127.0.0.1:{web.server_address[1]}"
    authority = files["ca.crt"].read_bytes()
    group = "/apis/admissionregistration.k8s.io/v1/"
    for kind, name, path, operations in (("Mutating", "label", "/mutate", ["CREATE"]),
                                         ("Validating", "refuse", "/validate", ["CREATE", "DELETE"])):
        status, answer = client.request("POST", f"{group}{kind.lower()}webhookconfigurations",
                                        configuration(f"{kind}WebhookConfiguration", name, base + path, authority, operations))
        expect(report, f"{kind} configuration", status, 201, answer)
    status, answer = client.request("POST", CONFIGMAPS, configmap("good"))
    expect(report, "create", status, 201, answer)
    labels = answer["metadata"].get("labels") or {}
    report.check("the mutating webhook's label", [] if "seen" in labels else [str(answer)])
    status, answer = client.request("POST", CONFIGMAPS, configmap("bad"))
    expect(report, "what is refused", status, 403, answer)
    wanted = 'admission webhook "refuse.x.io" denied the request: bad names are not for us'
    report.check("why it is refused", [] if answer["message"] == wanted else [answer["message"]])
    expect(report, "delete", client.request("DELETE", CONFIGMAPS + "/good")[0], 200)
    report.check("a deletion is shown", [] if ("/validate", "DELETE", "configmaps", "good") in Webhook.seen else [str(Webhook.seen)])
    asked = len(Webhook.seen)
    status, _ = client.request("POST", "/api/v1/namespaces/default/secrets", {"metadata": {"name": "s"}})
    report.check("other kinds", [] if status == 201 and len(Webhook.seen) == asked else [f"{status} {Webhook.seen[asked:]}"])
    client.request("DELETE", f"{group}mutatingwebhookconfigurations/label")
    for policy, wanted in (("Fail", 500), ("Ignore", 201)):
        name = f"slow-{policy.lower()}"
        client.request("POST", f"{group}validatingwebhookconfigurations", configuration(
            "ValidatingWebhookConfiguration", name, base + "/slow", authority, ["CREATE"], failurePolicy=policy, timeoutSeconds=1))
        status, answer = client.request("POST", CONFIGMAPS, configmap(name))
        expect(report, f"a webhook that is too slow, {policy}", status, wanted, answer)
        client.request("DELETE", f"{group}validatingwebhookconfigurations/{name}")
    client.request("POST", f"{group}validatingwebhookconfigurations", configuration(
        "ValidatingWebhookConfiguration", "stranger", base + "/validate", files["client.crt"].read_bytes(), ["CREATE"]))
    status, answer = client.request("POST", CONFIGMAPS, configmap("m"))
    expect(report, "a webhook with a certificate of another authority", status, 500, answer)
    web.shutdown()


def definition():
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {
        "size": {"type": "integer", "minimum": 1}, "color": {"type": "string", "default": "red"}}}}}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "toys.x.io"},
            "spec": {"group": "x.io", "scope": "Namespaced", "names": {"plural": "toys", "kind": "Toy"},
                     "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}}


def custom(server, report):
    client = Client(server)
    status, answer = client.request("POST", DEFINITIONS, definition())
    expect(report, "definition", status, 201, answer)
    served = wait_until(lambda: Client(server).request("GET", TOYS)[0] == 200)
    report.check("the kind is served", [] if served else ["it is not"])
    toy = {"apiVersion": "x.io/v1", "kind": "Toy", "metadata": {"name": "a"}, "spec": {"size": 2}}
    status, made = client.request("POST", TOYS, toy)
    expect(report, "custom object", status, 201, made)
    server.kill()
    server.start()
    server.wait()
    client = Client(server)
    status, answer = client.request("GET", TOYS + "/a")
    expect(report, "custom object after a restart", status, 200, answer)
    same = status == 200 and answer["spec"] == {"color": "red", "size": 2}
    report.check("its contents", [] if same else [str(answer)])
    # What was stored before it had a default is read with it.
    status, current = client.request("GET", DEFINITIONS + "/toys.x.io")
    properties = current["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    properties["late"] = {"type": "string", "default": "x"}
    status, answer = client.request("PUT", DEFINITIONS + "/toys.x.io", current)
    expect(report, "change of the definition", status, 200, answer)
    late = wait_until(lambda: Client(server).request("GET", TOYS + "/a")[1]["spec"].get("late") == "x")
    report.check("a default that came later", [] if late else ["it does not come"])


def main():
    parser = argparse.ArgumentParser(prog="integration/extension_suite.py", description=__doc__)
    parser.add_argument("--viaduct", metavar="PATH", default=default_binary(), help="default: the newest build")
    chosen = parser.parse_args()
    if not chosen.viaduct:
        sys.exit("no build of viaduct: run 'swift build' or give --viaduct PATH")
    report = Report()
    for part in ("webhooks", "custom"):
        with tempfile.TemporaryDirectory() as directory:
            directory = pathlib.Path(directory)
            server = Server(chosen.viaduct, directory)
            server.start()
            server.wait()
            try:
                if part == "webhooks":
                    webhooks(server, report, certificates.make(directory / "certificates"))
                else:
                    custom(server, report)
            finally:
                server.kill()
    print(f"{report.passed} passed, {report.failed} failed, 0 skipped")
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()

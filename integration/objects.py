"""Builders for the API objects that suites and the benchmark use."""


def service(name, address, ports=((80, "TCP"),), namespace="suite", **spec):
    """A ClusterIP service; `ports` are (port, protocol) or (port, protocol, nodePort), named p<port>-<protocol>."""
    addresses = [address] if isinstance(address, str) else list(address)
    return {
        "kind": "Service", "apiVersion": "v1", "metadata": {"namespace": namespace, "name": name, "labels": {}},
        "spec": {
            "type": "ClusterIP", "clusterIP": addresses[0], "clusterIPs": addresses,
            "ipFamilies": ["IPv6" if ":" in one else "IPv4" for one in addresses],
            "ipFamilyPolicy": "SingleStack" if len(addresses) == 1 else "RequireDualStack",
            "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
            "ports": [
                {"name": port_name(port, protocol), "port": port, "protocol": protocol,
                 **({"nodePort": rest[0]} if rest else {})}
                for port, protocol, *rest in ports
            ],
            **spec,
        },
        "status": {"loadBalancer": {}},
    }


def port_name(port, protocol):
    return f"p{port}-{protocol.lower()}"


def endpoint_slice(name, endpoints, ports=((80, "TCP", 80),), namespace="suite", suffix="a", **conditions):
    """A slice of service `name`; `ports` are (service port, protocol, target port)."""
    local = ("10.180.0.", "fd00:10:180::")
    return {
        "kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1",
        "metadata": {"namespace": namespace, "name": f"{name}-{suffix}",
                     "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv6" if endpoints and ":" in endpoints[0] else "IPv4",
        "endpoints": [
            {"addresses": [address], "conditions": {"ready": True, **conditions},
             "nodeName": "node1" if address.startswith(local) else "node2"}
            for address in endpoints
        ],
        "ports": [
            {"name": port_name(port, protocol), "protocol": protocol, "port": target} for port, protocol, target in ports
        ],
    }


def with_endpoints(name, address, endpoints, port=80, protocol="TCP", target=80, namespace="suite", **spec):
    """A service and its slice."""
    return [
        service(name, address, [(port, protocol)], namespace, **spec),
        endpoint_slice(name, endpoints, [(port, protocol, target)], namespace),
    ]


def changed(value, *path, to):
    """A copy of an object with one field replaced: changed(service, "spec", "ports", 0, "port", to=70000)."""
    if not path:
        return to
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = changed(copy[path[0]] if len(path) > 1 else None, *path[1:], to=to)
    return copy

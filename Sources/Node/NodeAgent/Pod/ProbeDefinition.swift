import JSONStream

/// What a probe or a lifecycle hook does.
enum ProbeAction: Hashable, Sendable {
    struct HTTP: Hashable, Sendable {
        /// A number or the name of a container's port.
        var port: PortReference
        /// Empty: the pod's address.
        var host: String
        var path: String
        var isSecure: Bool
        var headers: [Header]
    }

    struct Header: Hashable, Sendable {
        var name: String
        var value: String
    }

    enum PortReference: Hashable, Sendable {
        case number(Int32)
        case name(String)

        init(_ json: JSONValue?) {
            switch json {
            case .integer(let number): self = .number(Int32(clamping: number))
            case .string(let text): self = Int32(text).map { .number($0) } ?? .name(text)
            default: self = .number(0)
            }
        }

        /// Nil if the container has no such port.
        func resolve(_ container: ContainerDefinition) -> Int32? {
            switch self {
            case .number(let number): (1...65535).contains(number) ? number : nil
            case .name(let name): container.port(named: name)
            }
        }
    }

    case exec([String])
    case http(HTTP)
    case tcp(port: PortReference, host: String)
    case grpc(port: Int32, service: String)
    case sleep(seconds: Int64)

    init?(_ json: JSONValue) {
        if let exec = json["exec"] {
            self = .exec(exec.texts("command"))
        } else if let get = json["httpGet"] {
            let headers = get.list("httpHeaders").map { Header(name: $0.text("name"), value: $0.text("value")) }
            self = .http(
                HTTP(
                    port: PortReference(get["port"]), host: get.text("host"), path: get.text("path"),
                    isSecure: get.text("scheme").uppercased() == "HTTPS", headers: headers))
        } else if let socket = json["tcpSocket"] {
            self = .tcp(port: PortReference(socket["port"]), host: socket.text("host"))
        } else if let grpc = json["grpc"] {
            self = .grpc(port: Int32(clamping: grpc.integer("port") ?? 0), service: grpc.text("service"))
        } else if let sleep = json["sleep"] {
            self = .sleep(seconds: max(0, sleep.integer("seconds") ?? 0))
        } else {
            return nil
        }
    }
}

/// A probe of a container.
struct ProbeDefinition: Hashable, Sendable {
    var action: ProbeAction
    var initialDelay: Duration
    var timeout: Duration
    var period: Duration
    var successThreshold: Int
    var failureThreshold: Int
    /// Seconds; nil: the pod's.
    var gracePeriod: Int64?

    init?(_ json: JSONValue) {
        guard let action = ProbeAction(json) else { return nil }
        self.action = action
        func seconds(_ name: String, _ usual: Int64) -> Int64 {
            let value = json.integer(name) ?? usual
            return min(value > 0 ? value : usual, Self.longest)
        }
        initialDelay = .seconds(seconds("initialDelaySeconds", 0))
        timeout = .seconds(seconds("timeoutSeconds", 1))
        period = .seconds(seconds("periodSeconds", 10))
        successThreshold = Int(seconds("successThreshold", 1))
        failureThreshold = Int(seconds("failureThreshold", 3))
        gracePeriod = json.integer("terminationGracePeriodSeconds")
    }

    /// Seconds: what the API takes for a number of 32 bits.
    private static let longest = Int64(Int32.max)
}

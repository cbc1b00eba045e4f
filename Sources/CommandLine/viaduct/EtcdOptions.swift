import ArgumentParser
import EtcdStore
import Foundation
import ObjectStore

/// Where objects are kept if not on this host; the flags are kube-apiserver's.
struct EtcdOptions: ParsableArguments {
    @Option(
        name: .customLong("etcd-servers"),
        help: ArgumentHelp(
            "Keep objects in etcd rather than in the data directory: the addresses of its members, such as "
                + "https://10.0.0.1:2379, separated by commas. Several API servers may share an etcd.",
            valueName: "urls"))
    var servers: [String] = []

    @Option(
        name: .customLong("etcd-prefix"),
        help: ArgumentHelp("What stands before all keys in etcd.", valueName: "path"))
    var prefix = EtcdConfiguration.defaultPrefix

    @Option(
        name: .customLong("etcd-cafile"),
        help: ArgumentHelp("Authorities of etcd's certificates, in PEM; without it, the system's.", valueName: "file"))
    var authorityFile: String?

    @Option(
        name: .customLong("etcd-certfile"),
        help: ArgumentHelp("Client certificate for etcd, in PEM.", valueName: "file"))
    var certificateFile: String?

    @Option(
        name: .customLong("etcd-keyfile"),
        help: ArgumentHelp("Private key of --etcd-certfile, in PEM.", valueName: "file"))
    var keyFile: String?

    func validate() throws {
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw ValidationError("--etcd-certfile and --etcd-keyfile must be given together")
        }
        let files = [
            ("--etcd-cafile", authorityFile), ("--etcd-certfile", certificateFile), ("--etcd-keyfile", keyFile),
        ]
        for case (let flag, let path?) in files {
            guard !servers.isEmpty else { throw ValidationError("\(flag) is of no use without --etcd-servers") }
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw ValidationError("\(flag): the file \(path) is not there, or cannot be read")
            }
        }
        guard prefix.contains(where: { $0 != "/" }) else {
            throw ValidationError("--etcd-prefix: \"\(prefix)\" is no prefix; use one such as /registry")
        }
        _ = try configuration()
    }

    /// Nil: objects are not kept in etcd.
    func configuration() throws -> EtcdConfiguration? {
        guard !servers.isEmpty else { return nil }
        // As etcd's own tools take addresses without a scheme.
        let isSecure = authorityFile != nil || certificateFile != nil
        let texts = servers.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let endpoints = try texts.map { text in
            do {
                return try EtcdEndpoint(text.trimmingCharacters(in: .whitespaces), isSecure: isSecure)
            } catch {
                throw ValidationError("--etcd-servers: \(error)")
            }
        }
        return EtcdConfiguration(
            endpoints: endpoints,
            tls: .init(authorities: authorityFile, certificate: certificateFile, key: keyFile), prefix: prefix,
            root: "/registry")
    }

    /// Nil: objects are not kept in etcd.
    func store() throws -> EtcdStore? {
        try configuration().map { configuration in
            do {
                return try EtcdStore(configuration)
            } catch {
                throw ValidationError("--etcd-servers: \(error)")
            }
        }
    }
}

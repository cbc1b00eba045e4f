extension ClientConfiguration {
    /// Where a pod finds its service account.
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration of a process in a pod, from its environment and its service account.
    /// - Throws: ``ConfigurationError``
    public static func inCluster(
        environment: [String: String], serviceAccount directory: String = serviceAccountDirectory
    ) throws(ConfigurationError) -> ClientConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw ConfigurationError(
                "environment",
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod; "
                    + "name a kubeconfig file")
        }
        let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        var configuration = ClientConfiguration(
            server: try ServerAddress(
                "https://\(bracketed):\(port)", place: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"))
        let token = directory + "/token"
        _ = try TokenFile.read(token, place: "service account")
        configuration.credential = .tokenFile(token)
        let authority = directory + "/ca.crt"
        do {
            configuration.certificateAuthorities = try FileReader.bytes(of: authority)
        } catch {
            throw ConfigurationError("service account", "cannot read \(authority): \(error.reason)")
        }
        if let namespace = try? FileReader.bytes(of: directory + "/namespace") {
            configuration.namespace = TokenFile.trimmed(namespace)
        }
        try configuration.checkCertificates(place: "service account")
        return configuration
    }
}

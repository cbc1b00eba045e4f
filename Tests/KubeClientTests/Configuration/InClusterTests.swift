import Foundation
import KubeClient
import Testing

struct InClusterTests {
    private static let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]

    @Test(.enabled(if: TestCertificates.openssl != nil, "needs the openssl command"))
    func aServiceAccountIsUsed() throws {
        let certificates = try TestCertificates()
        defer { certificates.remove() }
        try TemporaryDirectory.write("abc", certificates.path("token"))
        try TemporaryDirectory.write("ns\n", certificates.path("namespace"))
        let configuration = try ClientConfiguration.inCluster(
            environment: Self.environment, serviceAccount: certificates.directory)
        #expect(configuration.server.description == "https://[fd00::1]:443")
        #expect(configuration.credential == .tokenFile(certificates.path("token")))
        let authority = try certificates.pem("ca.crt")
        #expect(configuration.certificateAuthorities == authority)
        #expect(configuration.namespace == "ns")
    }

    @Test func whatIsMissingIsNamed() throws {
        #expect(
            throws: ConfigurationError(
                "environment",
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set, so this is no pod; "
                    + "name a kubeconfig file")
        ) {
            try ClientConfiguration.inCluster(environment: [:])
        }
        let directory = try TemporaryDirectory.make()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func problem() -> String? {
            do throws(ConfigurationError) {
                _ = try ClientConfiguration.inCluster(environment: Self.environment, serviceAccount: directory)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(
            problem() == "service account: cannot read the token file \(directory)/token: No such file or directory")
        try TemporaryDirectory.write("abc", directory + "/token")
        #expect(problem() == "service account: cannot read \(directory)/ca.crt: No such file or directory")
        try TemporaryDirectory.write("abc", directory + "/ca.crt")
        #expect(problem()?.hasPrefix("service account: the certificate authority holds no certificate") == true)
    }
}

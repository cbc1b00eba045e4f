import Testing

@testable import APIServer

@Suite struct ForwardedRequestTests {
    private func request(_ raw: String) -> ForwardedRequest? {
        ForwardedRequest(raw.split(separator: "/").map(String.init), raw: raw)
    }

    @Test("What nodes, pods and Services answer is told from what the server answers itself")
    func kinds() {
        #expect(request("/api/v1/namespaces/a/pods/p/log")?.part == .log)
        #expect(request("/api/v1/namespaces/a/pods/p/exec")?.part == .exec)
        #expect(request("/api/v1/namespaces/a/pods/p/log/more") == nil)
        #expect(request("/api/v1/namespaces/a/pods/p/status") == nil)
        #expect(request("/api/v1/namespaces/a/services/s/log") == nil)
        #expect(request("/api/v1/namespaces/a/services/s/proxy")?.rest == "")
        #expect(request("/api/v1/namespaces/a/services/https:s:web/proxy/x/y%20z/")?.rest == "/x/y%20z/")
        #expect(request("/api/v1/namespaces/a/services/https:s:web/proxy")?.parts.port == "web")
        #expect(request("/api/v1/nodes/n/proxy/stats/summary")?.rest == "/stats/summary")
        #expect(request("/api/v1/nodes/n/proxy/stats/summary")?.kind == .nodes)
        #expect(request("/api/v1/pods/p/log") == nil)
        #expect(request("/api/v1/namespaces/a/nodes/n/proxy") == nil)
        #expect(request("/apis/apps/v1/namespaces/a/pods/p/log") == nil)
    }

    @Test("Links of what is shown lead back through the proxy")
    func links() {
        let links = ProxiedLinks(prefix: "/api/v1/namespaces/a/pods/p/proxy", host: "10.0.0.1:80")
        #expect(links.location("/x") == "/api/v1/namespaces/a/pods/p/proxy/x")
        #expect(links.location("http://10.0.0.1:80/x?y") == "/api/v1/namespaces/a/pods/p/proxy/x?y")
        #expect(links.location("http://10.0.0.1:80") == "/api/v1/namespaces/a/pods/p/proxy/")
        #expect(links.location("https://example.org/x") == "https://example.org/x")
        #expect(links.location("//example.org/x") == "//example.org/x")
        #expect(links.location("x") == "x")
        let page = #"<a href="/x">href="/y"</a><img src='/z'><p title="/t" data-href="/d">"#
        let wanted =
            #"<a href="/api/v1/namespaces/a/pods/p/proxy/x">href="/y"</a>"#
            + #"<img src='/api/v1/namespaces/a/pods/p/proxy/z'><p title="/t" data-href="/d">"#
        #expect(String(decoding: links.page(Array(page.utf8)), as: UTF8.self) == wanted)
        #expect(links.page(Array(#"<a href="/x"#.utf8)) == Array(#"<a href="/x"#.utf8))
    }
}

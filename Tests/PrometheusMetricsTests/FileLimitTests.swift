import Testing

@testable import PrometheusMetrics

@Suite struct FileLimitTests {
    private static func limits(_ soft: String) -> String {
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             95824                95824                processes
        Max open files            \(soft)                 1048576              files
        """
    }

    @Test func theSoftLimitCounts() {
        #expect(ProcessMetrics.fileLimit(Self.limits("1024")) == 1024)
        #expect(ProcessMetrics.fileLimit(Self.limits("unlimited")) == .infinity)
        #expect(ProcessMetrics.fileLimit("") == nil)
    }
}

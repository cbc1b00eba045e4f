import ContainerRuntime
import KubeAPI

/// The limits of the control group that follow from a container's resources (kubelet's numbers). Pure.
enum ResourceNumbers {
    /// Microseconds.
    private static let period: Int64 = 100_000
    private static let leastQuota: Int64 = 1000
    private static let sharesPerProcessor: Int64 = 1024
    private static let shares: ClosedRange<Int64> = 2...262_144

    /// - Parameter nodeMemory: bytes.
    static func resources(
        _ container: ContainerDefinition, _ quality: QualityOfService, nodeMemory: Int64
    ) -> ContainerConfiguration.Resources {
        var resources = ContainerConfiguration.Resources()
        let processor = amount(container.requests["cpu"] ?? container.limits["cpu"], scale: -3)
        resources.cpuShares = clamp(multiply(processor, sharesPerProcessor) / 1000, shares)
        let limit = amount(container.limits["cpu"], scale: -3)
        resources.cpuPeriod = period
        resources.cpuQuota = limit > 0 ? max(leastQuota, multiply(limit, period) / 1000) : 0
        resources.memoryLimit = amount(container.limits["memory"], scale: 0)
        resources.oomScoreAdjustment = score(container, quality, nodeMemory)
        return resources
    }

    /// Whom the kernel kills first where memory runs out.
    private static func score(
        _ container: ContainerDefinition, _ quality: QualityOfService, _ nodeMemory: Int64
    ) -> Int64 {
        switch quality {
        case .guaranteed: return -997
        case .bestEffort: return 1000
        case .burstable:
            let request = amount(container.requests["memory"], scale: 0)
            guard nodeMemory > 0 else { return 999 }
            let part = Int64(Double(request) / Double(nodeMemory) * 1000)
            return clamp(1000 - min(part, 1000), 3...999)
        }
    }

    private static func amount(_ text: String?, scale: Int) -> Int64 {
        guard let text, let quantity = try? Quantity(text) else { return 0 }
        return max(0, quantity.scaled(to: scale))
    }

    private static func multiply(_ value: Int64, _ factor: Int64) -> Int64 {
        let (result, isOver) = value.multipliedReportingOverflow(by: factor)
        return isOver ? .max : result
    }

    private static func clamp(_ value: Int64, _ range: ClosedRange<Int64>) -> Int64 {
        min(max(value, range.lowerBound), range.upperBound)
    }
}

import Glibc

extension BenchPlan {
    static func logarithm(_ value: Double) -> Double { log(value) }
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

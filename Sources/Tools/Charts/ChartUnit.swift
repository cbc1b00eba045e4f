/// What the numbers of an axis or a table are. Values are always given in the base unit (seconds, bytes, ...); the
/// prefix is chosen when they are written.
public enum ChartUnit: Codable, Sendable, Hashable {
    /// Things: `7`, `1k`, `30k`, `1.5M`.
    case count
    /// Seconds: `1 µs`, `10 ms`, `1.2 s`, `90 s`.
    case seconds
    /// Bytes in powers of ten: `512 B`, `1.5 kB`, `3.7 MB`.
    case bytes
    /// Bits a second in powers of ten: `9.4 Gbit/s`.
    case bitsPerSecond
    /// A share, where 1 is everything: `0.25` is `25 %`.
    case percent
    /// A ratio: `1.15×`.
    case factor
    /// A count of something named: `rate("req/s")` writes `12k req/s`.
    case rate(String)
    /// Plain numbers: `0.0123`.
    case plain
}

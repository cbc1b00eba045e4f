import Synchronization

/// The samples of one metric name.
final class MetricFamily: Sendable {
    let name: String
    let help: String
    let kind: MetricKind
    let labels: [String]
    let buckets: [Double]
    private let cells = Mutex<[[String]: MetricCell]>([:])
    /// Nil: the samples are kept here.
    private let reader: (@Sendable () -> [(labels: [String], value: Double)])?

    init(
        name: String, help: String, kind: MetricKind, labels: [String], buckets: [Double],
        reader: (@Sendable () -> [(labels: [String], value: Double)])? = nil
    ) {
        self.reader = reader
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.buckets = buckets
        // A metric without labels exists from the start, as in client_golang.
        if labels.isEmpty, reader == nil { _ = cell([]) }
    }

    /// The sample with these label values, in the order of the labels; missing ones are empty.
    func cell(_ values: [String]) -> MetricCell {
        let padded = Array(
            (values + Array(repeating: "", count: max(0, labels.count - values.count))).prefix(labels.count))
        return cells.withLock { cells in
            if let cell = cells[padded] { return cell }
            let cell = MetricCell(bucketCount: kind == .histogram ? buckets.count + 1 : 0)
            cells[padded] = cell
            return cell
        }
    }

    func write(to text: inout String) {
        if let reader { return write(reader(), to: &text) }
        let samples = cells.withLock { $0 }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(MetricText.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for (values, cell) in samples {
            let pairs = zip(labels, values).map { "\($0)=\"\(MetricText.escape($1, quotes: true))\"" }
            let sample = cell.read()
            if kind == .histogram {
                writeHistogram(sample, pairs, to: &text)
            } else {
                text += "\(name)\(MetricText.braces(pairs)) \(MetricText.number(sample.value))\n"
            }
        }
    }

    private func write(_ samples: [(labels: [String], value: Double)], to text: inout String) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(MetricText.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples.sorted(by: { $0.labels.lexicographicallyPrecedes($1.labels) }) {
            let pairs = zip(labels, sample.labels).map { "\($0)=\"\(MetricText.escape($1, quotes: true))\"" }
            text += "\(name)\(MetricText.braces(pairs)) \(MetricText.number(sample.value))\n"
        }
    }

    private func writeHistogram(_ sample: MetricCell.Sample, _ pairs: [String], to text: inout String) {
        var count: UInt64 = 0
        for (index, bucket) in sample.buckets.enumerated() {
            count += bucket
            let bound = index < buckets.count ? MetricText.number(buckets[index]) : "+Inf"
            text += "\(name)_bucket\(MetricText.braces(pairs + ["le=\"\(bound)\""])) \(count)\n"
        }
        text += "\(name)_sum\(MetricText.braces(pairs)) \(MetricText.number(sample.value))\n"
        text += "\(name)_count\(MetricText.braces(pairs)) \(count)\n"
    }
}

/// One sample.
final class MetricCell: Sendable {
    struct Sample: Sendable {
        /// The value, or the sum of a histogram.
        var value = 0.0
        /// Observations of each bucket alone, the last without a bound.
        var buckets: [UInt64]
    }

    private let sample: Mutex<Sample>

    init(bucketCount: Int) {
        sample = Mutex(Sample(buckets: Array(repeating: 0, count: bucketCount)))
    }

    func read() -> Sample { sample.withLock { $0 } }

    func add(_ amount: Double) {
        sample.withLock { $0.value += amount }
    }

    func set(_ value: Double) {
        sample.withLock { $0.value = value }
    }

    func observe(_ value: Double, bounds: [Double]) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        sample.withLock {
            $0.value += value
            $0.buckets[index] += 1
        }
    }
}

/// The lexical rules of the text format.
enum MetricText {
    static func escape(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else { return text }
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    static func braces(_ pairs: [String]) -> String {
        pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }

    /// Whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return "\(value)"
    }
}

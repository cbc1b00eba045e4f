internal import HostInspection
internal import LinuxSystem
internal import NetworkAddress

/// The lists of clients that xt_recent keeps (/proc/net/xt_recent).
enum RecentList {
    /// When a client was last seen, in the kernel's ticks; nil: it is not in the list.
    static func lastSeen(_ client: IPAddress, in list: String) -> UInt64? {
        do throws(SystemError) {
            return lastSeen(client, text: try KernelFile.read("/proc/net/xt_recent/\(list)"))
        } catch {
            return nil
        }
    }

    /// `src=10.0.0.1 ttl: 64 last_seen: 4297132 oldest_pkt: 1 4297132`
    static func lastSeen(_ client: IPAddress, text: String) -> UInt64? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let source = words.first?.split(separator: "=").last, IPAddress(String(source)) == client,
                let place = words.firstIndex(of: "last_seen:"), place + 1 < words.count
            else { continue }
            return UInt64(words[place + 1])
        }
        return nil
    }
}

/// The kernel's current ticks, and the ticks per second (/proc/timer_list, readable by root).
struct KernelClock: Hashable {
    var ticks: UInt64
    var rate: Double

    static func read() -> KernelClock? {
        do throws(SystemError) {
            return KernelClock(text: try KernelFile.read("/proc/timer_list"))
        } catch {
            return nil
        }
    }

    /// Ticks begin 300 seconds before they have 32 bits, at the boot.
    init?(text: String) {
        var now: Double?
        var ticks: UInt64?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("now at"), words.count > 2 { now = Double(words[2]) }
            if words.first == "jiffies:", words.count > 1 { ticks = UInt64(words[1]) }
            if now != nil, ticks != nil { break }
        }
        guard let now, let ticks, now > 400e9 else { return nil }
        let measured = (Double(ticks) - Double(UInt64(1) << 32)) / (now / 1e9 - 300)
        guard let rate = [100.0, 250, 300, 1000].min(by: { abs($0 - measured) < abs($1 - measured) }),
            abs(rate - measured) < rate * 0.1
        else { return nil }
        self.ticks = ticks
        self.rate = rate
    }

    func seconds(since earlier: UInt64) -> Double { Double(ticks &- min(earlier, ticks)) / rate }
}

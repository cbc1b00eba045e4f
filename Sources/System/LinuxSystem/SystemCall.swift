public import Glibc

/// The one way to call the kernel: a call that a signal interrupted is made again, and errno is read before anything else
/// can change it.
public enum SystemCall {
    /// Makes a call until no signal interrupts it, and returns what it returns.
    ///
    /// - Parameters:
    ///   - operation: what it does, for the error: `open netlink socket`.
    ///   - call: returns a negative number and sets errno when it fails, as all calls of section 2 do.
    /// - Throws: errno of a call that failed, never EINTR.
    @inlinable @discardableResult
    public static func run<Result: SignedInteger>(
        _ operation: @autoclosure () -> String, _ call: () -> Result
    ) throws(SystemError) -> Result {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw SystemError(operation(), code: code) }
        }
    }

    /// The same for a call whose failure says no more than that there is nothing: nil then.
    @inlinable
    public static func result<Result: SignedInteger>(_ call: () -> Result) -> Result? {
        do throws(SystemError) { return try run("", call) } catch { return nil }
    }

    /// The error that the last call of this thread left, for calls of libraries that do not return a number.
    public static func failure(_ operation: String) -> SystemError { SystemError(operation, code: errno) }

    /// Closes a descriptor. Never a second time: Linux has freed the number even when a signal interrupts, and it may be
    /// another thread's by then.
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Reads or writes piece by piece, until `count` bytes are done or a call does none.
    ///
    /// - Parameter call: what of the bytes is done so far; returns how many more it did.
    /// - Returns: how many were done.
    @discardableResult
    public static func repeating(
        _ operation: @autoclosure () -> String, _ count: Int, _ call: (_ done: Int) -> Int
    ) throws(SystemError) -> Int {
        var done = 0
        while done < count {
            let more = try run(operation()) { call(done) }
            if more == 0 { break }
            done += more
        }
        return done
    }
}

public import Glibc

/// The gateway for system calls: it repeats a call that a signal interrupted, and reads errno before anything else can
/// change it.
public enum SystemCall {
    /// Repeats a call until no signal interrupts it, and returns its result.
    ///
    /// - Parameters:
    ///   - operation: what it does, for the error: `open netlink socket`.
    ///   - call: returns a negative number and sets errno when it fails, as all calls of section 2 do.
    /// - Throws: the errno of the failed call, never EINTR.
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

    /// The same for a call whose failure only means that there is nothing: it returns nil then.
    @inlinable
    public static func result<Result: SignedInteger>(_ call: () -> Result) -> Result? {
        do throws(SystemError) { return try run("", call) } catch { return nil }
    }

    /// The error of this thread's last call, for library functions that do not return a number.
    public static func failure(_ operation: String) -> SystemError { SystemError(operation, code: errno) }

    /// Closes a descriptor, and does not repeat an interrupted call: Linux has freed the number even then, and another
    /// thread may have got it.
    public static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Reads or writes piece by piece, until `count` bytes are done or a call transfers none.
    ///
    /// - Parameter call: takes the number of bytes done so far; returns how many more it transferred.
    /// - Returns: the number of bytes done.
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

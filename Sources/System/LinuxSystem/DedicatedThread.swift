import Glibc
import Synchronization

/// Threads for work that changes the thread in which it runs.
enum DedicatedThread {
    private final class Job: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// Runs `body` in a thread made for it and waits for its end.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) throws(SystemError) -> Value {
        let box = Box<Value>()
        let job = Job {
            let result = body()
            box.value.withLock { $0 = result }
        }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(job)
        let code = unsafe pthread_create(
            &thread, nil,
            { pointer in
                if let pointer = unsafe pointer { unsafe Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw SystemError("start a thread", code: code)
        }
        pthread_join(thread, nil)
        guard let value = box.value.withLock({ $0 }) else { throw SystemError("run a thread", code: ECANCELED) }
        return value
    }
}

/// An entry held by reference: the dictionary of all entries stays small, and reading one copies nothing.
final class ServiceEntryBox: Sendable {
    let entry: ServiceEntry

    init(_ entry: ServiceEntry) { self.entry = entry }
}

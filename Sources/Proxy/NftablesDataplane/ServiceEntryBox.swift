/// An entry that is held by reference: the dictionary of all of them stays small, and looking at one copies nothing.
final class ServiceEntryBox: Sendable {
    let entry: ServiceEntry

    init(_ entry: ServiceEntry) { self.entry = entry }
}

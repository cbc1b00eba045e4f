package enum WellKnownGroups {
    /// The group whose members may do everything, whatever the roles say.
    package static let masters = "system:masters"
}

enum WellKnownGroups {
    /// The group whose members may do everything, whatever the roles say.
    static let masters = "system:masters"
}

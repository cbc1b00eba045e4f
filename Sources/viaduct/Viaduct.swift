import ArgumentParser

@main
struct Viaduct: ParsableCommand {}

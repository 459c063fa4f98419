// swift-tools-version: 6.0
import PackageDescription

// A package of its own, so that Backstep stays light.
let package = Package(
  name: "BackstepBenchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Backstep", path: "..")],
  targets: [
    .executableTarget(
      name: "benchmarks", dependencies: [.product(name: "Backstep", package: "Backstep")])
  ],
  swiftLanguageModes: [.v6]
)

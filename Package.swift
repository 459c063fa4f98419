// swift-tools-version: 6.0
import PackageDescription

// The manifest fixes the directions: two wings, joined only by `Recordings`.
// `Autograd` never hears of a figure; `Figures` never sees a live tensor.
let package = Package(
  name: "Backstep",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "backstep", targets: ["BackstepCommand"]),
    .library(name: "Backstep", targets: ["Backstep"]),
    .library(name: "FigureSnapshots", targets: ["FigureSnapshots"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // System libraries, found by pkg-config.
    .systemLibrary(
      name: "CGraphviz", pkgConfig: "libgvc libcgraph",
      providers: [.apt(["libgraphviz-dev"]), .brew(["graphviz"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "pangocairo pangoft2 cairo-svg cairo-pdf cairo-png fontconfig",
      providers: [.apt(["libpango1.0-dev", "libcairo2-dev"]), .brew(["pango", "cairo"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate",
      providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
    .systemLibrary(
      name: "CMarkdown", pkgConfig: "libcmark-gfm",
      providers: [
        .apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"]),
      ]),

    // Ground floor: pure values.
    .target(
      name: "Recordings",
      dependencies: [.product(name: "OrderedCollections", package: "swift-collections")]),
    .target(name: "Drawing"),

    // The wing that computes.
    // Products of matrices in C: Swift cannot choose an instruction set for one function.
    .target(name: "CKernels"),
    .target(name: "Autograd", dependencies: ["Recordings", "CKernels"]),
    .target(name: "CRelease"),
    .target(name: "MiniPython", dependencies: ["CRelease", .product(name: "BigInt", package: "BigInt")]),
    .target(name: "TorchModule", dependencies: ["MiniPython", "Autograd", "Recordings"]),

    // The wing that draws.
    .target(name: "GraphvizBridge", dependencies: ["CGraphviz"]),
    .target(name: "GraphLayout", dependencies: ["GraphvizBridge"]),
    .target(name: "Rendering", dependencies: ["Drawing", "CCairo", "CDeflate"]),
    .target(
      name: "Figures",
      dependencies: [
        "Recordings", "Drawing", "GraphLayout",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),

    // Where the wings meet.
    .target(
      name: "Lessons",
      dependencies: [
        "Recordings", "Drawing", "Figures", "Rendering", "MiniPython", "TorchModule", "Autograd",
        "CMarkdown", .product(name: "Yams", package: "Yams"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      plugins: ["EmbedLessons"]),
    // The lessons travel inside the binary.
    .plugin(name: "EmbedLessons", capability: .buildTool(), dependencies: ["EmbedLessonsTool"]),
    .executableTarget(name: "EmbedLessonsTool"),
    .target(
      name: "FigureSnapshots", dependencies: ["Recordings", "Drawing", "Rendering", "Figures"]),
    .target(
      name: "Backstep", dependencies: ["Autograd", "Recordings", "Drawing", "Figures", "Rendering"]),
    .executableTarget(
      name: "BackstepCommand",
      dependencies: [
        "Recordings", "Drawing", "Figures", "Rendering", "MiniPython", "TorchModule", "Autograd",
        "Lessons", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // One suite a module.
    .target(name: "TestFixtures", dependencies: ["Recordings"], path: "Tests/Fixtures"),
    .testTarget(
      name: "RecordingsTests",
      dependencies: [
        "Recordings", "TestFixtures", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .testTarget(
      name: "AutogradTests",
      dependencies: [
        "Autograd", "Recordings", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // Programs that nobody would write: `swift run fuzz`. No product.
    .executableTarget(name: "fuzz", dependencies: ["MiniPython", "TorchModule"], path: "Tests/Fuzz"),
    .testTarget(name: "MiniPythonTests", dependencies: ["MiniPython"], exclude: ["Programs"]),
    .testTarget(
      name: "TorchModuleTests",
      dependencies: [
        "TorchModule", "MiniPython", "Autograd", "Recordings",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      exclude: ["not-yet.txt"]),
    .testTarget(name: "BackstepCommandTests", dependencies: ["BackstepCommand"]),
    .testTarget(
      name: "GalleryTests",
      dependencies: ["Drawing", "Figures", "Recordings", "Rendering", "TorchModule"]),
    .testTarget(name: "DrawingTests", dependencies: ["Drawing"]),
    .testTarget(
      name: "FiguresTests",
      dependencies: [
        "Recordings", "Drawing", "Figures", "FigureSnapshots", "GraphLayout", "Rendering", "TestFixtures",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      exclude: ["__Snapshots__"]),
    .testTarget(
      name: "LessonsTests", dependencies: ["Lessons", "Recordings", "Figures", "Rendering"]),
    .testTarget(name: "RenderingTests", dependencies: ["Drawing", "Rendering", "GraphLayout"]),
    .testTarget(
      name: "FigureSnapshotsTests", dependencies: ["FigureSnapshots", "Drawing", "Rendering"],
      exclude: ["__Snapshots__"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where ![.system, .plugin, .binary].contains(target.type) {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
    ]
}

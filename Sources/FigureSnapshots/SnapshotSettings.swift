public import Foundation

/// How snapshots are compared and where reports go.
public struct SnapshotSettings: Sendable {
  public enum Mode: String, Sendable, CaseIterable {
    /// Compares; what has no reference yet is recorded and reported.
    case compare
    /// Writes every reference anew.
    case record
    /// Compares; what has no reference fails.
    case compareOnly
  }

  public var mode: Mode
  public var tolerance: PixelTolerance
  /// Pixels a point in the reference images.
  public var scale: Double
  /// Where a failure leaves its HTML file.
  public var reports: URL

  public init(
    mode: Mode = .compare, tolerance: PixelTolerance = .standard, scale: Double = 1,
    reports: URL = FileManager.default.temporaryDirectory.appending(path: "backstep-snapshots")
  ) {
    self.mode = mode
    self.tolerance = tolerance
    self.scale = scale
    self.reports = reports
  }

  /// What the environment asks for: `BACKSTEP_RECORD=1` records anew, but never where `CI` is set;
  /// `BACKSTEP_REPORTS` names the folder of the reports.
  public static func environment(
    _ variables: [String: String] = ProcessInfo.processInfo.environment
  ) -> SnapshotSettings {
    func isSet(_ name: String) -> Bool {
      !["", "0", "false", "no"].contains((variables[name] ?? "").lowercased())
    }
    var settings = SnapshotSettings()
    settings.mode = isSet("CI") ? .compareOnly : isSet("BACKSTEP_RECORD") ? .record : .compare
    if let folder = variables["BACKSTEP_REPORTS"], !folder.isEmpty {
      settings.reports = URL(fileURLWithPath: folder)
    }
    return settings
  }
}

/// How far two images may differ and still be the same picture.
public struct PixelTolerance: Hashable, Sendable {
  /// The CIELAB distance up to which two pixels are alike; 2.3 is what an eye just notices.
  public var deltaE: Double
  /// The distance up to which a pixel may differ on an edge, where both its colours lie between those of its
  /// neighbours: rasterisers smooth edges differently.
  public var edgeDeltaE: Double
  /// How many pixels may differ all the same.
  public var pixels: Int

  public init(deltaE: Double, edgeDeltaE: Double, pixels: Int) {
    self.deltaE = deltaE
    self.edgeDeltaE = edgeDeltaE
    self.pixels = pixels
  }

  public static let standard = PixelTolerance(deltaE: 4, edgeDeltaE: 25, pixels: 4)
  public static let exact = PixelTolerance(deltaE: 0, edgeDeltaE: 0, pixels: 0)
}

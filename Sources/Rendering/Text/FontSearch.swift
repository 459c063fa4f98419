internal import CCairo

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where fonts are looked for: known folders first (no scan), then what the system lists.
public struct FontSearch: Hashable, Sendable {
  public var folders: [String]
  /// Whether fontconfig is asked when the folders do not hold a family.
  public var asksSystem: Bool
  /// The families wanted; tests name others.
  public var sans: String
  public var mono: String

  public init(folders: [String], asksSystem: Bool, sans: String = "Inter", mono: String = "JetBrains Mono") {
    self.folders = folders
    self.asksSystem = asksSystem
    self.sans = sans
    self.mono = mono
  }

  /// Debian, Fedora, Arch, Homebrew and the user's own folders.
  public static var standard: FontSearch {
    var folders = [
      "/usr/share/fonts/opentype/inter", "/usr/share/fonts/truetype/inter", "/usr/share/fonts/inter",
      "/usr/share/fonts/truetype/jetbrains-mono", "/usr/share/fonts/jetbrains-mono-fonts",
      "/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF",
      "/usr/share/fonts/OTF", "/usr/local/share/fonts", "/Library/Fonts", "/opt/homebrew/share/fonts",
    ]
    if let home = getenv("HOME") {
      let home = String(cString: home)
      folders += [home + "/.local/share/fonts", home + "/.fonts", home + "/Library/Fonts"]
    }
    return FontSearch(folders: folders, asksSystem: true)
  }

  /// The files of a family, upright and italic, or nothing when a weight is missing.
  func files(_ family: String) -> FontFiles? {
    let stem = family.filter { $0 != " " }
    for folder in folders {
      for ending in ["otf", "ttf"] {
        func path(_ face: String) -> String? {
          let path = "\(folder)/\(stem)-\(face).\(ending)"
          return access(path, R_OK) == 0 ? path : nil
        }
        let upright = ["Regular", "Medium", "SemiBold", "Bold"].compactMap(path)
        guard upright.count == 4 else { continue }
        let italic = ["Italic", "MediumItalic", "SemiBoldItalic", "BoldItalic"].compactMap(path)
        return FontFiles(family: family, upright: upright, italic: italic)
      }
    }
    return asksSystem ? FontSearch.systemFiles(family) : nil
  }

  /// The first of some widespread families, for glyphs (and families) that are missing.
  func fallback(mono: Bool) -> FontFiles? {
    let known =
      mono ? ["DejaVuSansMono", "LiberationMono-Regular"] : ["DejaVuSans", "LiberationSans-Regular"]
    for (stem, family) in zip(
      known, mono ? ["DejaVu Sans Mono", "Liberation Mono"] : ["DejaVu Sans", "Liberation Sans"])
    {
      for folder in folders {
        let path = "\(folder)/\(stem).ttf"
        if access(path, R_OK) == 0 { return FontFiles(family: family, upright: [path], italic: []) }
      }
    }
    guard asksSystem else { return nil }
    return FontSearch.systemMatch(mono ? "monospace" : "sans-serif")
  }

  private static func systemFiles(_ family: String) -> FontFiles? {
    guard let config = FcInitLoadConfigAndFonts() else { return nil }
    defer { FcConfigDestroy(config) }
    let pattern = FcPatternCreate()
    let wanted = FcObjectSetCreate()
    defer {
      FcPatternDestroy(pattern)
      FcObjectSetDestroy(wanted)
    }
    FcPatternAddString(pattern, FC_FAMILY, family)
    for key in [FC_FILE, FC_SLANT, FC_WEIGHT, FC_WIDTH] { FcObjectSetAdd(wanted, key) }
    guard let set = FcFontList(config, pattern, wanted) else { return nil }
    defer { FcFontSetDestroy(set) }
    var upright: [String] = []
    var italic: [String] = []
    for index in 0..<Int(set.pointee.nfont) {
      guard let font = set.pointee.fonts[index], let file = file(of: font) else { continue }
      var slant: Int32 = 0
      FcPatternGetInteger(font, FC_SLANT, 0, &slant)
      if slant == FC_SLANT_ROMAN { upright.append(file) } else { italic.append(file) }
    }
    guard !upright.isEmpty else { return nil }
    return FontFiles(family: family, upright: sortedOnce(upright), italic: sortedOnce(italic))
  }

  private static func systemMatch(_ family: String) -> FontFiles? {
    guard let config = FcInitLoadConfigAndFonts() else { return nil }
    defer { FcConfigDestroy(config) }
    let pattern = FcPatternCreate()
    defer { FcPatternDestroy(pattern) }
    FcPatternAddString(pattern, FC_FAMILY, family)
    FcConfigSubstitute(config, pattern, FcMatchPattern)
    FcDefaultSubstitute(pattern)
    var result = FcResultMatch
    guard let font = FcFontMatch(config, pattern, &result) else { return nil }
    defer { FcPatternDestroy(font) }
    var name: UnsafeMutablePointer<FcChar8>?
    guard FcPatternGetString(font, FC_FAMILY, 0, &name) == FcResultMatch, let name, let file = file(of: font)
    else { return nil }
    return FontFiles(family: String(cString: name), upright: [file], italic: [])
  }

  private static func file(of font: OpaquePointer) -> String? {
    var name: UnsafeMutablePointer<FcChar8>?
    guard FcPatternGetString(font, FC_FILE, 0, &name) == FcResultMatch, let name else { return nil }
    return String(cString: name)
  }

  /// A collection names one file several times, and fontconfig lists in no particular order.
  private static func sortedOnce(_ files: [String]) -> [String] { Array(Set(files)).sorted() }
}

/// The files of one family.
struct FontFiles: Hashable, Sendable {
  var family: String
  var upright: [String]
  var italic: [String]
}

/// Which fonts pictures are drawn with.
public struct FontReport: Hashable, Sendable {
  /// The families in use.
  public var sans: String
  public var mono: String
  /// For glyphs neither has.
  public var fallback: String?
  /// The wanted families that were not found.
  public var missing: [String]

  /// Whether pictures have the bytes they have everywhere else.
  public var isExact: Bool { missing.isEmpty }

  /// What to tell the user, once; `nil` when nothing is missing.
  public var note: String? {
    guard !missing.isEmpty else { return nil }
    let names = missing.joined(separator: " and ")
    let verb = missing.count == 1 ? "is" : "are"
    return
      "\(names) \(verb) not installed; \(sans) and \(mono) are used instead, so that the bytes of pictures "
      + "and snapshots differ (Debian: fonts-inter fonts-jetbrains-mono)"
  }
}

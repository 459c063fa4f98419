#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How the numbers of a tensor are printed: PyTorch's choice, made over all of them.
///
/// Rule (`torch/_tensor_str.py`): over the finite nonzero |values|, as doubles, scientific if
/// max/min > 1000, max > 1e8 or min < 1e-4; else `1.` if all are whole; else four digits. The width is
/// that of the widest.
public struct NumberFormat: Sendable, Equatable {
  public enum Style: Sendable, Equatable {
    case integer, truth
    /// Whole floats: `1.`
    case whole
    case fixed, scientific
  }
  public var style: Style
  /// Digits behind the point; PyTorch's `precision`.
  public var precision: Int
  /// The widest text.
  public var width: Int

  /// Chooses the format for elements.
  ///
  /// - Parameter scientificMode: `set_printoptions(sci_mode:)`; `nil` lets the values decide.
  public init(of elements: Elements, precision: Int = 4, scientificMode: Bool? = nil) {
    self.precision = precision
    width = 0
    switch elements {
    case .bool: style = .truth
    case .integer: style = .integer
    case .single, .double:
      style = Self.floatStyle(elements, scientificMode)
    }
    let isFloat = style != .integer && style != .truth
    if isFloat { width = 1 }
    for i in 0..<elements.count {
      // Only finite nonzero floats widen PyTorch's columns.
      let v = elements.double(at: i)
      if !isFloat || (v.isFinite && v != 0) { width = max(width, text(elements, at: i).utf8.count) }
    }
  }

  private static func floatStyle(_ elements: Elements, _ scientificMode: Bool?) -> Style {
    var low = Double.infinity
    var high = 0.0
    var allWhole = true
    var any = false
    for i in 0..<elements.count {
      let v = elements.double(at: i)
      guard v.isFinite, v != 0 else { continue }
      any = true
      low = min(low, abs(v))
      high = max(high, abs(v))
      if v.rounded(.up) != v { allWhole = false }
    }
    guard any else { return .whole }
    // A ratio above 1000 matters to whole numbers too, but only the upper limit.
    let scientific =
      scientificMode
      ?? (allWhole ? high / low > 1000 || high > 1e8 : high / low > 1000 || high > 1e8 || low < 1e-4)
    if scientific { return .scientific }
    return allWhole ? .whole : .fixed
  }

  /// Element `i`, without padding.
  public func text(_ elements: Elements, at i: Int) -> String {
    switch elements {
    case .bool(let a): return a[i] ? "True" : "False"
    case .integer(let a): return "\(a[i])"
    case .single, .double: return text(elements.double(at: i))
    }
  }

  /// A float in this format.
  public func text(_ v: Double) -> String {
    if v.isNaN { return "nan" }
    if v.isInfinite { return v < 0 ? "-inf" : "inf" }
    return switch style {
    case .scientific: formatted("%.*e", precision, v)
    case .fixed: formatted("%.*f", precision, v)
    default: formatted("%.*f", 0, v) + "."
    }
  }
}

/// C's `printf` for one double: ties to even of the exact value, as Python does.
func formatted(_ format: String, _ precision: Int, _ value: Double) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
    let count = withVaList([Int32(clamping: min(precision, 60)), value]) {
      vsnprintf(buffer.baseAddress, 400, format, $0)
    }
    let bytes = buffer[0..<max(0, min(Int(count), 399))].map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

import Autograd
import MiniPython
import Recordings

/// How arrays print: `np.set_printoptions`.
struct ArrayPrintOptions {
  var precision = 8
  var threshold = 1000
  var edgeItems = 3
  var lineWidth = 75
  var suppressesSmall = false
}

/// Digits as NumPy writes them.
enum NumpyDigits {
  /// The shortest decimal digits that name a number: digits and the exponent of the first.
  static func shortest(_ x: Double, _ dtype: DType) -> (digits: [UInt8], exponent: Int) {
    let text = dtype == .float64 ? x.magnitude.description : Float(x).magnitude.description
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    let parts = text.split(separator: "e")
    for c in (parts.first ?? "0").utf8 {
      if c == 46 { point = digits.count } else { digits.append(c - 48) }
    }
    if parts.count > 1 { exponent = Int(parts[1]) ?? 0 }
    var first = (point ?? digits.count) - 1 + exponent
    while digits.count > 1, digits.first == 0 {
      digits.removeFirst()
      first -= 1
    }
    while digits.count > 1, digits.last == 0 { digits.removeLast() }
    return (digits, digits == [0] ? 0 : first)
  }

  /// Positional, at most so many places after the point, at least one digit's point: `1.`, `0.25`.
  static func positional(_ x: Double, _ dtype: DType, _ precision: Int) -> String {
    let (digits, first) = shortest(x, dtype)
    let places = max(0, digits.count - 1 - first)
    var text: String
    if places > precision {
      text = FixedDigits.fixed(x.magnitude, precision)
      if precision == 0 { text += "." }
      while text.hasSuffix("0") { text.removeLast() }
    } else {
      var whole = ""
      var fraction = ""
      for (k, d) in digits.enumerated() { if first - k >= 0 { whole += "\(d)" } else { fraction += "\(d)" } }
      if first >= digits.count { whole += String(repeating: "0", count: first - digits.count + 1) }
      if first < 0 { fraction = String(repeating: "0", count: -first - 1) + fraction }
      if digits == [0] { (whole, fraction) = ("0", "") }
      text = (whole.isEmpty ? "0" : whole) + "." + fraction
    }
    return (x.sign == .minus ? "-" : "") + text
  }

  /// `1.5e-05`: at most `precision` places, at least `minimum`.
  static func scientific(_ x: Double, _ dtype: DType, _ precision: Int, minimum: Int = 0) -> String {
    let (digits, first) = shortest(x, dtype)
    var body: String
    var exponent = first
    if digits.count - 1 > precision {
      let text = FixedDigits.scientific(x.magnitude, precision)
      let parts = text.split(separator: "e")
      body = String(parts.first ?? "0")
      exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      while body.hasSuffix("0") { body.removeLast() }
      if !body.contains(".") { body += "." }
    } else {
      body = "\(digits[0])." + digits.dropFirst().map { "\($0)" }.joined()
    }
    let places = body.count - 2
    if places < minimum { body += String(repeating: "0", count: minimum - places) }
    let size = String(abs(exponent))
    return (x.sign == .minus ? "-" : "") + body + "e" + (exponent < 0 ? "-" : "+")
      + (size.count < 2 ? "0" : "") + size
  }

  /// A scalar of less than double precision, as `str` shows it.
  static func short(_ d: Double, _ dtype: DType) -> String {
    if d.isNaN { return "nan" }
    if d.isInfinite { return d < 0 ? "-inf" : "inf" }
    if d != 0, d.magnitude >= 1e16 || d.magnitude < 1e-4 {
      var text = scientific(d, dtype, 20)
      if let dot = text.firstRange(of: ".e") { text.replaceSubrange(dot, with: "e") }
      return text
    }
    let text = positional(d, dtype, 40)
    return text.hasSuffix(".") ? text + "0" : text
  }
}

/// Arrays as text, column by column as NumPy aligns them.
struct ArrayText {
  let options: ArrayPrintOptions
  init(_ options: ArrayPrintOptions) { self.options = options }

  func str(_ a: ArrayObject) -> String { body(a, separator: " ", prefix: "", suffix: "") }

  func repr(_ a: ArrayObject) -> String {
    let prefix = "array("
    let isShort = a.count == 0 && a.shape != [0]
    let text =
      prefix + (a.count > 0 || a.shape == [0] ? body(a, separator: ", ", prefix: prefix, suffix: ")") : "[]")
    var extras: [String] = []
    if isShort || a.count > options.threshold { extras.append("shape=\(ArrayObject.shapeText(a.shape))") }
    if ![.float64, .int64, .bool].contains(a.dtype) || a.count == 0 {
      extras.append("dtype=\(a.dtype.rawValue)")
    }
    if extras.isEmpty { return text + ")" }
    let extra = extras.joined(separator: ", ") + ")"
    let last = text.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0
    let spacer =
      last + 1 + extra.count + 1 > options.lineWidth
      ? "\n" + String(repeating: " ", count: prefix.count) : " "
    return text + "," + spacer + extra
  }

  private func body(_ a: ArrayObject, separator: String, prefix: String, suffix: String) -> String {
    if a.count == 0 { return "[]" }
    let numbers = a.numbers
    let summarises = a.count > options.threshold
    let show = formatter(
      summarises ? edges(numbers, a.shape, 0, 0)[...].map { $0 } : numbers, a.dtype, isScalar: a.shape.isEmpty
    )
    if a.shape.isEmpty { return show(numbers[0]).trimmed(of: " ") }
    let strides = Broadcast.strides(a.shape)
    let bare = separator.trimmedEnd

    func lines(_ axis: Int, _ at: Int, _ indent: String, _ width: Int) -> String {
      if axis == a.shape.count { return show(numbers[at]) }
      let next = indent + " "
      let n = a.shape[axis]
      let cuts = summarises && 2 * options.edgeItems < n
      let leading = cuts ? Array(0..<options.edgeItems) : []
      let trailing = cuts ? Array((n - options.edgeItems)..<n) : Array(0..<n)
      var out = ""
      if axis == a.shape.count - 1 {
        let room = width - max(bare.count, 1)
        var line = indent
        func extend(_ word: String) {
          if line.count + word.count > room, line.count > indent.count {
            out += line.trimmedEnd + "\n"
            line = indent
          }
          line += word
        }
        for k in leading {
          extend(show(numbers[at + k]))
          line += separator
        }
        if cuts {
          extend("...")
          line += separator
        }
        for k in trailing {
          extend(show(numbers[at + k]))
          if k != trailing.last { line += separator }
        }
        out += line
      } else {
        let gap = bare + String(repeating: "\n", count: a.shape.count - axis - 1)
        for k in leading { out += indent + lines(axis + 1, at + k * strides[axis], next, width - 1) + gap }
        if cuts { out += indent + "..." + gap }
        for k in trailing {
          out += indent + lines(axis + 1, at + k * strides[axis], next, width - 1)
          if k != trailing.last { out += gap }
        }
      }
      return "[" + out.dropFirst(indent.count) + "]"
    }
    return lines(0, 0, " " + String(repeating: " ", count: prefix.count), options.lineWidth - suffix.count)
  }

  /// The numbers that a summary shows.
  private func edges(_ x: [Number], _ shape: [Int], _ axis: Int, _ at: Int) -> [Number] {
    if axis == shape.count { return [x[at]] }
    let step = Broadcast.strides(shape)[axis]
    let n = shape[axis]
    let shown =
      2 * options.edgeItems < n
      ? Array(0..<options.edgeItems) + Array((n - options.edgeItems)..<n) : Array(0..<n)
    return shown.flatMap { edges(x, shape, axis + 1, at + $0 * step) }
  }

  private func formatter(_ x: [Number], _ dtype: DType, isScalar: Bool) -> (Number) -> String {
    func padded(_ s: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - s.count)) + s
    }
    if dtype == .bool { return { $0.double != 0 ? (isScalar ? "True" : " True") : "False" } }
    if !dtype.isFloatingPoint {
      let width = x.map { "\(NumberTool.int($0))".count }.max() ?? 0
      return { padded("\(NumberTool.int($0))", width) }
    }
    let finite = x.map(\.double).filter(\.isFinite)
    let sizes = finite.map(\.magnitude).filter { $0 != 0 }
    var isScientific = false
    if let high = sizes.max(), let low = sizes.min() {
      // From as many digits on as the numbers have for certain.
      let most = dtype == .float64 ? 1e8 : dtype == .float16 ? 1e3 : 1e6
      isScientific = high >= most || (!options.suppressesSmall && (low < 1e-4 || high / low > 1000))
    }
    var (left, right) = (0, 0)
    var show: (Double) -> String
    if isScientific {
      let texts = finite.map { NumpyDigits.scientific($0, dtype, options.precision) }
      let bodies = texts.map {
        $0.split(separator: "e")[0].split(separator: ".", omittingEmptySubsequences: false)
      }
      left = bodies.map { $0[0].count }.max() ?? 0
      let places = bodies.map { $0.count > 1 ? $0[1].count : 0 }.max() ?? 0
      let tail = texts.map { $0.split(separator: "e")[1].count }.max() ?? 3
      right = tail + 1 + places
      show = { d in
        // Exponents are as long as the longest.
        let text = NumpyDigits.scientific(d, dtype, places, minimum: places)
        let missing = tail - (text.split(separator: "e").last?.count ?? tail)
        guard missing > 0, let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return text }
        return text[...sign] + String(repeating: "0", count: missing) + text[text.index(after: sign)...]
      }
    } else {
      let parts = finite.map {
        NumpyDigits.positional($0, dtype, options.precision).split(
          separator: ".", omittingEmptySubsequences: false)
      }
      left = parts.map { $0[0].count }.max() ?? 0
      right = parts.map { $0.count > 1 ? $0[1].count : 0 }.max() ?? 0
      let places = right
      show = { d in
        let text = NumpyDigits.positional(d, dtype, places)
        let after = text.split(separator: ".", omittingEmptySubsequences: false).last?.count ?? 0
        return text + String(repeating: " ", count: max(0, places - after))
      }
    }
    if finite.count < x.count {
      let negative = x.contains { $0.double == -.infinity } ? 1 : 0
      let offset = right + 1
      left = max(left, 3 - offset, 3 + negative - offset)
    }
    let width = left + right + 1
    return { n in
      let d = n.double
      if d.isNaN { return padded("nan", width) }
      if d.isInfinite { return padded(d < 0 ? "-inf" : "inf", width) }
      return padded(show(d), width)
    }
  }
}

extension StringProtocol {
  var trimmedEnd: String {
    var s = String(self)
    while s.hasSuffix(" ") { s.removeLast() }
    return s
  }
  func trimmed(of c: Character) -> String {
    var s = self[...]
    while s.first == c { s = s.dropFirst() }
    while s.last == c { s = s.dropLast() }
    return String(s)
  }
}

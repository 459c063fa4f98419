#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `complex`: a number with a real and an imaginary part.
public final class ComplexObject: Object {
  public let re: Double
  public let im: Double
  public init(_ re: Double, _ im: Double) {
    self.re = re
    self.im = im
  }
  public override var typeObject: ClassObject { Types.complex }
  public override func isTrue(_ i: Interpreter) throws -> Bool { re != 0 || im != 0 }
  public override func repr(_ i: Interpreter) throws -> String {
    let imaginary = ComplexObject.part(im) + "j"
    if re == 0, re.sign == .plus { return imaginary }
    return
      "(\(ComplexObject.part(re))\(im.sign == .minus || im.isNaN && im.sign == .minus ? "" : "+")\(imaginary))"
  }
  /// A part without the `.0` of whole numbers.
  private static func part(_ d: Double) -> String {
    let text = Numbers.repr(d)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
  public override func format(_ spec: String, _ i: Interpreter) throws -> String {
    if spec.isEmpty { return try str(i) }
    var inner = try FormatSpec(spec, of: "complex")
    if let t = inner.type, !"eEfFgGn".contains(t) {
      throw Raise.value("Unknown format code '\(t)' for object of type 'complex'")
    }
    if inner.align == "=" {
      throw Raise.value(
        inner.fill == "0" && !inner.isFilled
          ? "Zero padding is not allowed in complex format specifier"
          : "'=' alignment flag is not allowed in complex format specifier")
    }
    if let t = inner.type, !"eEfFgGn".contains(t) {
      throw Raise.value("Unknown format code '\(t)' for object of type 'complex'")
    }
    let (width, fill, align) = (inner.width, inner.fill, inner.align)
    inner.width = 0
    inner.align = nil
    let isPlain = inner.type == nil
    // Without a code it is shown as `repr` does, brackets and all.
    if isPlain { inner.type = "g" }
    func part(_ d: Double, signed: Bool) throws -> String {
      var spec = inner
      if signed { spec.sign = "+" }
      if isPlain, inner.precision == nil {
        let text = ComplexObject.part(d)
        return signed && d.sign == .plus ? "+" + text : text
      }
      return try spec.apply(.float(d), i)
    }
    let isBare = isPlain && re == 0 && re.sign == .plus
    var text = isBare ? "" : try part(re, signed: false)
    text += try part(im, signed: !isBare) + "j"
    if isPlain, !isBare { text = "(" + text + ")" }
    var outer = FormatSpec()
    (outer.width, outer.fill, outer.align) = (width, fill, align ?? ">")
    return try outer.apply(.string(text), i)
  }

  /// Any number as a complex one.
  static func of(_ v: Value, _ i: Interpreter) throws -> ComplexObject? {
    if let c = v.object as? ComplexObject { return c }
    switch v {
    case .int, .float, .bool: return ComplexObject(try i.floating(v) ?? 0, 0)
    case .object(let o) where o is BigIntObject: return ComplexObject(try i.floating(v) ?? 0, 0)
    default: return nil
    }
  }

  public override func binary(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let b = try ComplexObject.of(other, i) else { return nil }
    return try ComplexObject.operate(op, self, b)
  }
  public override func reflected(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard let a = try ComplexObject.of(other, i) else { return nil }
    return try ComplexObject.operate(op, a, self)
  }

  private static func operate(_ op: String, _ a: ComplexObject, _ b: ComplexObject) throws -> Value? {
    func made(_ re: Double, _ im: Double) -> Value { .object(ComplexObject(re, im)) }
    switch op {
    case "+": return made(a.re + b.re, a.im + b.im)
    case "-": return made(a.re - b.re, a.im - b.im)
    case "*": return made(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
    case "/": return .object(try divide(a, b))
    case "**": return .object(try power(a, b))
    case "//", "%", "divmod":
      return nil
    default: return nil
    }
  }

  /// Scaled as CPython does, so that parts do not overflow early.
  static func divide(_ a: ComplexObject, _ b: ComplexObject) throws -> ComplexObject {
    if b.re == 0, b.im == 0 { throw Raise.named("ZeroDivisionError", "complex division by zero") }
    if abs(b.re) >= abs(b.im) {
      let ratio = b.im / b.re
      let denominator = b.re + b.im * ratio
      return ComplexObject((a.re + a.im * ratio) / denominator, (a.im - a.re * ratio) / denominator)
    }
    let ratio = b.re / b.im
    let denominator = b.re * ratio + b.im
    return ComplexObject((a.re * ratio + a.im) / denominator, (a.im * ratio - a.re) / denominator)
  }

  static func power(_ a: ComplexObject, _ b: ComplexObject) throws -> ComplexObject {
    if b.im == 0, b.re == b.re.rounded(), abs(b.re) <= 100 {
      var (n, base) = (Int(abs(b.re)), a)
      var out = ComplexObject(1, 0)
      while n > 0 {
        if n & 1 == 1 {
          out = ComplexObject(out.re * base.re - out.im * base.im, out.re * base.im + out.im * base.re)
        }
        n >>= 1
        if n > 0 {
          base = ComplexObject(base.re * base.re - base.im * base.im, base.re * base.im + base.im * base.re)
        }
      }
      if b.re >= 0 { return out }
      if a.re == 0, a.im == 0 {
        throw Raise.named("ZeroDivisionError", "0.0 to a negative or complex power")
      }
      return try divide(ComplexObject(1, 0), out)
    }
    if a.re == 0, a.im == 0 {
      if b.im != 0 || b.re < 0 {
        throw Raise.named("ZeroDivisionError", "0.0 to a negative or complex power")
      }
      return ComplexObject(0, 0)
    }
    let size = hypot(a.re, a.im)
    let angle = atan2(a.im, a.re)
    var length = pow(size, b.re)
    var phase = angle * b.re
    if b.im != 0 {
      length /= exp(angle * b.im)
      phase += b.im * log(size)
    }
    return ComplexObject(length * cos(phase), length * sin(phase))
  }

  public override func unary(_ op: String, _ i: Interpreter) throws -> Value? {
    op == "-" ? .object(ComplexObject(-re, -im)) : op == "+" ? .object(self) : nil
  }
  public override func compare(_ op: String, _ other: Value, _ i: Interpreter) throws -> Value? {
    guard op == "==" || op == "!=", let b = try ComplexObject.of(other, i) else { return nil }
    return .bool((re == b.re && im == b.im) == (op == "=="))
  }

  static func install(_ c: ClassObject) {
    c.property("real") { v, _ in .float((v.object as? ComplexObject)?.re ?? 0) }
    c.property("imag") { v, _ in .float((v.object as? ComplexObject)?.im ?? 0) }
    c.method("conjugate") { v, _, _ in
      guard let z = v.object as? ComplexObject else { return v }
      return .object(ComplexObject(z.re, -z.im))
    }
    c.method("__abs__") { v, _, _ in
      guard let z = v.object as? ComplexObject else { return v }
      return .float(hypot(z.re, z.im))
    }
    c.method("__complex__") { v, _, _ in v }
  }

  /// `complex(…)`.
  static func construct(_ a: Arguments, _ i: Interpreter) throws -> Value {
    let p = try a.bind("complex", "real?", "imag?")
    if let s = p[0]?.object as? StringObject {
      guard let z = parse(s.value) else { throw Raise.value("complex() arg is a malformed string") }
      return .object(z)
    }
    func part(_ v: Value?, _ place: String) throws -> ComplexObject {
      guard let v else { return ComplexObject(0, 0) }
      if let z = try of(v.unboxed, i) { return z }
      if let z = try i.callMethod(v, "__complex__")?.object as? ComplexObject { return z }
      if let d = try i.floating(v) { return ComplexObject(d, 0) }
      throw Raise.type(
        "complex() \(place) argument must be a \(place == "first" ? "string or a " : "")number, not '\(i.typeName(v))'"
      )
    }
    let (a, b) = (try part(p[0], "first"), try part(p[1], "second"))
    // Zeros keep their signs where there is nothing to add.
    return .object(
      ComplexObject(
        b.im == 0 ? a.re : a.re - b.im, p[1] == nil ? a.im : a.im == 0 ? b.re : a.im + b.re))
  }

  /// `"1+2j"` as a number.
  private static func parse(_ text: String) -> ComplexObject? {
    var body = text.trimmed.lowercased()
    if body.hasPrefix("("), body.hasSuffix(")") { body = String(body.dropFirst().dropLast()).trimmed }
    guard body.hasSuffix("j") else { return Double(body).map { ComplexObject($0, 0) } }
    body.removeLast()
    let characters = Array(body)
    let split = characters.indices.last {
      $0 > 0 && (characters[$0] == "+" || characters[$0] == "-") && characters[$0 - 1] != "e"
    }
    func imaginary(_ s: String) -> Double? { s.isEmpty || s == "+" ? 1 : s == "-" ? -1 : Double(s) }
    guard let split else { return imaginary(body).map { ComplexObject(0, $0) } }
    guard let re = Double(String(characters[..<split])), let im = imaginary(String(characters[split...]))
    else {
      return nil
    }
    return ComplexObject(re, im)
  }
}

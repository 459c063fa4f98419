/// `string.Template`: `$name` and `${name}` filled in.
final class TemplateObject: Object {
  let text: String
  init(_ text: String) { self.text = text }

  nonisolated(unsafe) static let type: ClassObject = {
    let c = ClassObject("Template", module: "string")
    c.make = { _, a, i in .object(TemplateObject(try i.str(try a.bind("Template", "template")[0] ?? .none))) }
    return c
  }()
  override var typeObject: ClassObject { TemplateObject.type }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "template": return .string(text)
    case "substitute", "safe_substitute":
      return .object(
        NativeFunction(name) { a, i in .string(try self.fill(a, isSafe: name == "safe_substitute", i)) })
    default: return nil
    }
  }

  private func fill(_ a: Arguments, isSafe: Bool, _ i: Interpreter) throws -> String {
    func value(_ name: String) throws -> String? {
      if let given = a.keyword(name) { return try i.str(given) }
      if let source = a.positional.first {
        if try i.contains(source, .string(name)) { return try i.str(i.getItem(source, .string(name))) }
      }
      if isSafe { return nil }
      throw Raise(Exceptions.make(Exceptions.type("KeyError"), [.string(name)]))
    }
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var at = 0
    func isStart(_ c: Unicode.Scalar) -> Bool { c == "_" || c.isASCII && c.properties.isAlphabetic }
    func isName(_ c: Unicode.Scalar) -> Bool { isStart(c) || c.isASCII && c.properties.numericType != nil }
    while at < scalars.count {
      guard scalars[at] == "$" else {
        out.append(scalars[at])
        at += 1
        continue
      }
      let begin = at
      at += 1
      if at < scalars.count, scalars[at] == "$" {
        out.append("$")
        at += 1
        continue
      }
      let isBraced = at < scalars.count && scalars[at] == "{"
      if isBraced { at += 1 }
      let first = at
      if at < scalars.count, isStart(scalars[at]) {
        while at < scalars.count, isName(scalars[at]) { at += 1 }
      }
      let isWhole = at > first && (!isBraced || at < scalars.count && scalars[at] == "}")
      guard isWhole else {
        if isSafe {
          out.append("$")
          at = begin + 1
          continue
        }
        let before = scalars[..<begin]
        let line = before.count { $0 == "\n" } + 1
        let column = begin - (before.lastIndex(of: "\n") ?? -1)
        throw Raise.value("Invalid placeholder in string: line \(line), col \(column)")
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[first..<at])
      if isBraced { at += 1 }
      if let found = try value(String(view)) {
        out.append(contentsOf: found.unicodeScalars)
      } else {
        out.append(contentsOf: scalars[begin..<at])
      }
    }
    return String(out)
  }
}

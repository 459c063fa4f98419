/// A small strict XML reader: enough to say that a file is well formed and to read our own SVG back.
struct XMLNode {
  var name: String
  var attributes: [String: String] = [:]
  var children: [XMLNode] = []
  var text = ""

  func all(_ name: String) -> [XMLNode] {
    (self.name == name ? [self] : []) + children.flatMap { $0.all(name) }
  }
}

enum XMLError: Error, Equatable {
  case expected(String, at: Int)
  case unknownEntity(String)
  case duplicateAttribute(String)
  case forbiddenCharacter(UInt32)
}

struct XMLReader {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  static func read(_ bytes: [UInt8]) throws -> XMLNode { try read(String(decoding: bytes, as: UTF8.self)) }

  static func read(_ text: String) throws -> XMLNode {
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value < 0x20 && value != 9 && value != 10 && value != 13 || value == 0xFFFE || value == 0xFFFF {
        throw XMLError.forbiddenCharacter(value)
      }
    }
    var reader = XMLReader(scalars: Array(text.unicodeScalars))
    if reader.looking("<?xml") { while !reader.take("?>") { try reader.advance() } }
    reader.skipSpace()
    let root = try reader.element()
    reader.skipSpace()
    guard reader.index == reader.scalars.count else { throw XMLError.expected("the end", at: reader.index) }
    return root
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private func looking(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    return index + wanted.count <= scalars.count && Array(scalars[index..<(index + wanted.count)]) == wanted
  }

  private mutating func take(_ text: String) -> Bool {
    guard looking(text) else { return false }
    index += text.unicodeScalars.count
    return true
  }

  private mutating func advance() throws {
    guard index < scalars.count else { throw XMLError.expected("more", at: index) }
    index += 1
  }

  private mutating func skipSpace() {
    while index < scalars.count, " \t\n\r".unicodeScalars.contains(scalars[index]) { index += 1 }
  }

  private mutating func name() throws -> String {
    let start = index
    while index < scalars.count {
      let c = scalars[index]
      guard c.properties.isAlphabetic || ("0"..."9").contains(c) || ":-_.".unicodeScalars.contains(c) else {
        break
      }
      index += 1
    }
    guard index > start else { throw XMLError.expected("a name", at: index) }
    return String(String.UnicodeScalarView(scalars[start..<index]))
  }

  private mutating func text(until ends: [Unicode.Scalar]) throws -> String {
    var out = ""
    while index < scalars.count, !ends.contains(scalars[index]) {
      if scalars[index] == "<" { throw XMLError.expected("no <", at: index) }
      if scalars[index] == "&" {
        let entities = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'"]
        guard let (entity, value) = entities.first(where: { looking($0.key) }) else {
          throw XMLError.unknownEntity(String(String.UnicodeScalarView(scalars[index...].prefix(8))))
        }
        index += entity.unicodeScalars.count
        out += value
      } else {
        out.unicodeScalars.append(scalars[index])
        index += 1
      }
    }
    return out
  }

  private mutating func element() throws -> XMLNode {
    guard take("<") else { throw XMLError.expected("<", at: index) }
    var node = XMLNode(name: try name())
    while true {
      skipSpace()
      if take("/>") { return node }
      if take(">") { break }
      let key = try name()
      guard take("=\"") else { throw XMLError.expected("=\"", at: index) }
      guard node.attributes.updateValue(try text(until: ["\""]), forKey: key) == nil else {
        throw XMLError.duplicateAttribute(key)
      }
      try advance()
    }
    while true {
      if take("</") {
        guard try name() == node.name, take(">") else {
          throw XMLError.expected("</\(node.name)>", at: index)
        }
        return node
      }
      if looking("<") {
        node.children.append(try element())
      } else {
        guard index < scalars.count else { throw XMLError.expected("</\(node.name)>", at: index) }
        node.text += try text(until: ["<"])
      }
    }
  }
}

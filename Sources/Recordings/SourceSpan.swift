/// A place in the program's text: from `line`, `column` up to, not including, `endLine`, `endColumn`.
///
/// Lines count from 1, columns from 0 in Unicode scalars, as CPython's `ast` does.
public struct SourceSpan: Hashable, Sendable {
  public var line: Int32
  public var column: Int32
  public var endLine: Int32
  public var endColumn: Int32

  public init(line: Int32, column: Int32, endLine: Int32, endColumn: Int32) {
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }
}

extension SourceSpan: JSONField {
  public func write(to json: inout JSONWriter) {
    json.array([Int(line), Int(column), Int(endLine), Int(endColumn)])
  }
  public init(json: JSONValue) throws {
    let parts = try [Int](json: json).map { Int32(clamping: $0) }
    guard parts.count == 4 else {
      throw JSONError.wrongType(expected: "a span of four numbers", found: "\(parts.count) numbers")
    }
    self.init(line: parts[0], column: parts[1], endLine: parts[2], endColumn: parts[3])
  }
}

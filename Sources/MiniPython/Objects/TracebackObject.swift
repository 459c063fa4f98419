/// `e.__traceback__`: the places an exception passed, outermost first.
final class TracebackObject: Object {
  nonisolated(unsafe) static let type = ClassObject("traceback")
  nonisolated(unsafe) private static let frameType = ClassObject("frame")
  nonisolated(unsafe) private static let codeType = ClassObject("code")
  /// What is left from here on, outermost first.
  let entries: [TracebackEntry]
  private let path: String
  override var typeObject: ClassObject { TracebackObject.type }

  private init(_ entries: [TracebackEntry], _ path: String) {
    self.entries = entries
    self.path = path
  }

  /// Of an exception on its way, with the frame that asks; `nil` where it was never raised.
  static func of(_ state: ExceptionState, _ i: Interpreter) -> TracebackObject? {
    let entries = Array(state.traceback.reversed())
    return entries.isEmpty ? nil : TracebackObject(entries, i.program?.path ?? "<program>")
  }

  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    switch name {
    case "tb_lineno": return .int(Int(entries[0].span.line))
    case "tb_next":
      return entries.count > 1 ? .object(TracebackObject(Array(entries.dropFirst()), path)) : Value.none
    case "tb_frame":
      let code = InstanceObject(TracebackObject.codeType)
      code.set("co_name", .string(entries[0].function))
      code.set("co_filename", .string(path))
      let frame = InstanceObject(TracebackObject.frameType)
      frame.set("f_code", .object(code))
      frame.set("f_lineno", .int(Int(entries[0].span.line)))
      return .object(frame)
    default: return nil
    }
  }
}

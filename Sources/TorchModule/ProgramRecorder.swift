import Autograd
import MiniPython
import Recordings

/// Writes down what the interpreter sees: statements, names, output, errors.
final class ProgramRecorder: Observer {
  private let recorder: Recorder
  /// Set by the runner: whose place causes what the core records.
  weak var interpreter: Interpreter?
  /// The latest binding of each name, so that rebinding the same says nothing.
  private var known: [BoundName: Referent] = [:]
  /// The longer names that a binding brought: `net.fc.weight` of `net`.
  private var parts: [BoundName: Set<String>] = [:]

  init(_ recorder: Recorder) { self.recorder = recorder }

  static func span(_ s: Span) -> SourceSpan {
    SourceSpan(line: s.line, column: s.column, endLine: s.endLine, endColumn: s.endColumn)
  }

  func statement(_ span: Span, depth: Int, function: String) {
    recorder.span = ProgramRecorder.span(span)
    recorder.record(.statement(Statement(depth: depth, function: function)))
  }

  func bound(_ name: String, _ value: Value, scope: String, _ i: Interpreter) {
    if name.hasPrefix("__") || i.runsLibrary { return }
    let all = referents(name, value, scope: scope, i)
    dropParts(BoundName(scope: scope, name: name), keeping: all)
    for (path, referent) in all {
      let bound = BoundName(scope: scope, name: path)
      if known[bound] == referent { continue }
      if referent == nil, known[bound] == nil { continue }
      known[bound] = referent
      if let referent { recorder.record(.nameBound(NameBound(scope: scope, name: path, referent: referent))) }
    }
  }

  /// A name that held tensors under longer names leads to something else now: those go.
  private func dropParts(_ name: BoundName, keeping all: [(String, Referent?)]) {
    let before = parts[name]
    parts[name] = all.count > 1 ? Set(all.map(\.0)) : nil
    guard let before else { return }
    let now = Set(all.map(\.0))
    for path in before.subtracting(now).sorted() {
      guard known.removeValue(forKey: BoundName(scope: name.scope, name: path)) != nil else { continue }
      recorder.record(.nameUnbound(NameUnbound(scope: name.scope, name: path)))
    }
  }

  /// A value and, for what holds tensors under names of its own, those too.
  private func referents(
    _ name: String, _ value: Value, scope: String, _ i: Interpreter
  ) -> [(String, Referent?)] {
    switch value {
    case .none, .unassigned: return [(name, .value("None"))]
    case .bool(let b): return [(name, .value(b ? "True" : "False"))]
    case .int(let k): return [(name, .value("\(k)"))]
    case .float(let d): return [(name, .value(pythonRepr(d)))]
    case .object(let o):
      switch o {
      case let t as TensorObject: return [(name, .tensor(t.tensor.recordedID(by: recorder)))]
      case let s as StringObject: return [(name, .value(shortened("'\(s.value)'")))]
      case let named as any NamedInRecording: return named.namesInRecording(name, scope: scope, recorder)
      case let l as ListObject where l.items.count <= 64:
        return elements(name, l.items)
      case let t as TupleObject where t.items.count <= 64: return elements(name, t.items)
      case is FunctionObject, is NativeFunction, is ClassObject, is ModuleObject: return []
      default: return [(name, .value("a \(i.typeName(value))"))]
      }
    }
  }

  private func elements(_ name: String, _ items: [Value]) -> [(String, Referent?)] {
    items.enumerated().compactMap { k, v in
      (v.object as? TensorObject).map { ("\(name)[\(k)]", .tensor($0.tensor.recordedID(by: recorder))) }
    }
  }

  private func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(59) + "…" : text }

  func unbound(_ name: String?, scope: String, _ i: Interpreter) {
    if i.runsLibrary { return }
    if let name {
      dropParts(BoundName(scope: scope, name: name), keeping: [])
      guard known.removeValue(forKey: BoundName(scope: scope, name: name)) != nil else { return }
    } else {
      let gone = known.keys.filter { $0.scope == scope }
      guard !gone.isEmpty else { return }
      for key in gone {
        known[key] = nil
        parts[key] = nil
      }
    }
    recorder.record(.nameUnbound(NameUnbound(scope: scope, name: name)))
  }

  func printed(_ text: String, _ i: Interpreter) { recorder.record(.printed(Printed(text: text))) }

  func warned(_ category: String, _ message: String, _ i: Interpreter) {
    recorder.record(.warned(Warned(type: category, message: message)))
  }

  func raised(_ exception: InstanceObject, isUncaught: Bool, _ i: Interpreter) {
    if !isUncaught, i.runsLibrary { return }
    let message = (try? i.str(.object(exception))) ?? ""
    recorder.record(
      .raised(Raised(type: exception.classObject.name, message: message, isUncaught: isUncaught)))
  }
}

/// A value that gives names to tensors: a module its parameters, an optimizer itself.
protocol NamedInRecording: Object {
  func namesInRecording(_ name: String, scope: String, _ recorder: Recorder) -> [(String, Referent?)]
}

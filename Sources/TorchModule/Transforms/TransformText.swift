import Autograd
import MiniPython

/// A transformation of functions under way.
enum Transform {
  case level(FunctionTransforms.Level)
  case map(MappedText)
}

/// How tensors print inside of transformed functions: in the wrappers that PyTorch computes with.
enum TransformText {
  static func text(of t: Tensor, _ i: Interpreter) -> String {
    let state = RunState.of(i)
    return text(of: t, state.active[...], state)
  }

  fileprivate static func text(
    of t: Tensor, _ active: ArraySlice<(transform: Transform, number: Int)>, _ state: RunState
  ) -> String {
    guard let (transform, number) = active.last else { return bare(t, state) }
    let outer = active.dropLast()
    switch transform {
    case .map(let mapped) where t.isSample: return mapped.mark(freed(t, state.active[active.endIndex...]))
    case .level(let level) where level.tracks(t):
      let inner = text(of: level.original(of: t) ?? t, outer, state)
      return "GradTrackingTensor(lvl=\(number), value=\n\(indented(inner))\n)"
    default: return text(of: t, outer, state)
    }
  }

  /// Outside of all levels: what only they differentiate by is no part of a graph.
  private static func bare(_ t: Tensor, _ state: RunState) -> String {
    freed(t, state.active[...]).text(state.printOptions)
  }
  private static func freed(
    _ t: Tensor, _ levels: ArraySlice<(transform: Transform, number: Int)>
  ) -> Tensor {
    let own = levels.flatMap { active -> [Tensor] in
      guard case .level(let level) = active.transform else { return [] }
      return level.inputs
    }
    let isFree = t.requiresGrad && !own.isEmpty && t.dependsOn(anyOf: own) && !t.dependsOnLeaves(beyond: own)
    guard isFree else { return t }
    let out = t.detach()
    out.isSample = t.isSample
    return out
  }

  fileprivate static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
      .joined(separator: "\n")
  }
}

/// What a mapped function prints: PyTorch runs it once, with all samples in one tensor. So the first run is heard, and
/// where it shows a tensor, those of all runs are shown together once they are known.
final class MappedText {
  private let batches: [(tensor: Tensor, dim: Int)]
  private var sample = 0
  private var text = ""
  /// By sample: its inputs, and the tensors it has shown.
  private var inputs: [[Tensor]] = []
  private var shown: [[Tensor]] = []

  init(_ batches: [(tensor: Tensor, dim: Int)]) { self.batches = batches }

  /// Whether something was shown that is not known yet.
  var isWaiting: Bool { shown.first?.isEmpty == false }

  func begin(_ input: Tensor, in sample: Int) {
    self.sample = sample
    while inputs.count <= sample {
      inputs.append([])
      shown.append([])
    }
    inputs[sample].append(input)
  }
  func say(_ text: String) { if sample == 0 { self.text += text } }

  private static let (open, close) = ("\u{F0000}", "\u{F0001}")
  /// What stands for a tensor until all samples are known.
  func mark(_ t: Tensor) -> String {
    guard shown.indices.contains(sample) else { return t.text() }
    shown[sample].append(t)
    return "\(Self.open)\(shown[sample].count - 1)\(Self.close)"
  }

  /// Prints it all. The map is over by now: what surrounds it is still under way.
  func tell(_ i: Interpreter) throws {
    guard !text.isEmpty else { return }
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let margin = line.prefix { $0 == " " }
      var out = ""
      for (k, part) in line.split(separator: Self.open, omittingEmptySubsequences: false).enumerated() {
        guard k > 0, let end = part.firstIndex(of: Character(Self.close)), let number = Int(part[..<end])
        else {
          out += part
          continue
        }
        out += try whole(number, i).replacing("\n", with: "\n\(margin)") + part[part.index(after: end)...]
      }
      lines.append(out)
    }
    try i.write(lines.joined(separator: "\n"))
  }

  private func whole(_ number: Int, _ i: Interpreter) throws -> String {
    let state = RunState.of(i)
    let all = shown.compactMap { $0.indices.contains(number) ? $0[number] : nil }
    var (value, dim) = (all.first, 0)
    if let first = inputs.first, let k = first.firstIndex(where: { $0 === all.first }),
      batches.indices.contains(k)
    {
      (value, dim) = batches[k]
    } else if let stack = OperationCatalogue["stack"],
      case .tensor(let stacked)? = try? stack.call([.list(all.map { .tensor($0) })])
    {
      value = stacked
    }
    guard let value else { return "" }
    let inner = TransformText.text(of: value, state.active[...], state)
    let level = (state.active.last?.number ?? 0) + 1
    return "BatchedTensor(lvl=\(level), bdim=\(dim), value=\n\(TransformText.indented(inner))\n)"
  }
}

import MiniPython
import OrderedCollections
import Recordings
import Testing

@testable import Autograd
@testable import TorchModule

/// Law 1: the log is complete. A run in which, after every event, the live state is compared with the `Moment` rebuilt
/// from the recording alone.
enum Completeness {
  static func check(_ program: Programs.Case) {
    let recorder = Recorder()
    let watched = Watched(recorder)
    var runner = ProgramRunner(recorder: recorder)
    runner.prepare = { context, interpreter in
      watched.interpreter = interpreter
      context.onTensor = { watched.tensors.append($0) }
    }
    recorder.onEvent = { watched.follow($0) }
    var output = ""
    _ = runner.run(source: program.source, path: "p.py", output: { output += $0 })
    recorder.onEvent = nil
    watched.compareAll("the end")
    #expect(watched.moment.output == output)
    #expect(watched.differences == [])
    #expect(
      watched.comparisons > 0
        || recorder.events.allSatisfy { if case .tensorCreated = $0.body { false } else { true } })
  }

  /// The live side and the rebuilt side of one run.
  private final class Watched {
    let recorder: Recorder
    var tensors: [Tensor] = []
    var moment = Moment()
    var interpreter: Interpreter?
    var differences: [String] = []
    var comparisons = 0
    private var comparedAt = 0

    init(_ recorder: Recorder) { self.recorder = recorder }

    func follow(_ event: Event) {
      moment.apply(event)
      if case .statement = event.body, moment.statement != event.span { differences.append("statement") }
      // Between these events an operation is half told: the tensor is there, its node is not yet.
      if case .tensorCreated = event.body { return }
      // Larger programs: every event near the start, then every statement, at last a sample, so that the law stays
      // quick to check.
      let isSample = recorder.events.count % 61 == 0
      if tensors.count > 200, !isSample { return }
      if tensors.count > 50, !isSample {
        guard case .statement = event.body else { return }
      }
      compareAll("\(type(of: event.body.payload).kind) (event \(recorder.events.count))")
    }

    func compareAll(_ place: String) {
      guard differences.count < 5 else { return }
      // Of many tensors, on the way: leaves, the newest, and the others in turns. All of them at the end.
      let (isEnd, count) = (place == "the end", tensors.count)
      for (i, t) in tensors.enumerated() {
        if isEnd || count <= 100 || i + 50 > count || t.isLeaf && i < 50 || i % 16 == comparedAt % 16 {
          compare(t, place)
        }
      }
      comparedAt += 1
      names(place)
    }

    private func expect(_ holds: Bool, _ what: String) {
      comparisons += 1
      if !holds { differences.append(what) }
    }

    private func compare(_ t: Tensor, _ place: String) {
      guard let id = t.recordID, let state = moment.tensors[id] else { return }
      // A view whose base has just changed is told next.
      if t.isStaleView, place != "the end", !place.hasPrefix("statement") { return }
      let value = moment.value(of: id)
      expect(value?.shape == t.shape, "\(id): shape after \(place)")
      if let kept = value?.elements { expect(kept == t.elements, "\(id): data after \(place)") }
      expect(moment.version(of: id) == t.version, "\(id): version after \(place)")
      expect(state.requiresGrad == t.requiresGrad, "\(id): requires_grad after \(place)")
      expect(state.isLeaf == t.isLeaf, "\(id): is_leaf after \(place)")
      expect(state.device == t.device, "\(id): device after \(place)")
      expect(state.dtype == t.dtype, "\(id): dtype after \(place)")
      expect(state.grad == t.grad?.recordID, "\(id): grad after \(place)")
      if let grad = t.grad, let kept = moment.gradient(of: id)?.elements {
        expect(kept == grad.elements, "\(id): the gradient's data after \(place)")
      }
      if let node = t.gradFn {
        if let nodeID = node.recordID {
          expect(state.gradFn == nodeID, "\(id): grad_fn after \(place)")
          let known = moment.nodes[nodeID]
          expect(known?.recorded.gradFn == node.name, "\(nodeID): name after \(place)")
          expect(known?.recorded.next.count == node.next.count, "\(nodeID): edges after \(place)")
          expect(known?.isFreed == node.isFreed, "\(nodeID): freed after \(place)")
        }
      } else {
        expect(state.gradFn == nil, "\(id): no grad_fn after \(place)")
      }
    }

    /// The program's own names for tensors, while it runs.
    private func names(_ place: String) {
      guard let interpreter, place == "the end" else { return }
      for (name, value) in interpreter.globalVariables {
        guard let t = value.object as? TensorObject, let id = t.tensor.recordID else { continue }
        expect(moment.names[BoundName(name: name)] == .tensor(id), "the name \(name) after \(place)")
      }
    }
  }
}

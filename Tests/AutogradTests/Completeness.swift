import OrderedCollections
import Recordings
import Testing

@testable import Autograd

/// Runs a body under a recorder and, after every event, compares the ``Moment`` rebuilt from the recording
/// with all live tensors it tells of.
///
/// Law 1: from the recording alone every tensor's data, `.grad`, version, flags and `grad_fn` can be rebuilt.
@discardableResult
func withCompletenessCheck(
  policy: CapturePolicy = CapturePolicy(), _ body: (Context) throws -> [Tensor]
) throws -> Recorder {
  let recorder = Recorder(policy: policy)
  let context = Context(recorder: recorder)
  let watched = Watched()
  context.onTensor = { watched.tensors.append($0) }
  recorder.onEvent = { event in
    watched.moment.apply(event)
    // Between these two events an operation is half told: the tensor is there, its node is not yet.
    if case .tensorCreated = event.body { return }
    for t in watched.tensors { expectSame(t, watched.moment, recorder, event: event) }
  }
  let live = try context.run { try body(context) }
  recorder.onEvent = nil
  for t in watched.tensors + live { expectSame(t, watched.moment, recorder, event: nil) }
  return recorder
}

private final class Watched {
  var tensors: [Tensor] = []
  var moment = Moment()
}

func expectSame(_ t: Tensor, _ moment: Moment, _ recorder: Recorder, event: Event?) {
  guard let id = t.recordID, let state = moment.tensors[id] else { return }
  let place: Comment = "\(id) after \(event.map { "\(type(of: $0.body.payload).kind)" } ?? "the end")"
  let value = moment.value(of: id)
  #expect(value?.shape == t.shape, place)
  if let kept = value?.elements { #expect(kept == t.elements, place) }
  #expect(moment.version(of: id) == t.version, place)
  #expect(state.requiresGrad == t.requiresGrad, place)
  #expect(state.isLeaf == t.isLeaf, place)
  #expect(state.retainsGrad == t.retainsGrad, place)
  if let grad = t.grad, let gradID = grad.recordID {
    #expect(state.grad == gradID, place)
    if let kept = moment.gradient(of: id)?.elements { #expect(kept == grad.elements, place) }
  } else if t.grad == nil {
    #expect(state.grad == nil, place)
  }
  if let node = t.gradFn {
    if let nodeID = node.recordID { #expect(state.gradFn == nodeID, place) }
  } else {
    #expect(state.gradFn == nil, place)
  }
}

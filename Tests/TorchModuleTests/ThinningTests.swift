import OrderedCollections
import Recordings
import Testing

@testable import TorchModule

/// A bounded recording thins values, never events, and says where.
@Suite struct ThinningTests {
  static func training(steps: Int, width: Int) -> String {
    """
    import torch
    from torch import nn
    torch.manual_seed(0)
    x = torch.randn(16, 2)
    y = (x[:, :1] * x[:, 1:] > 0).float()
    net = nn.Sequential(nn.Linear(2, \(width)), nn.BatchNorm1d(\(width)), nn.Tanh(), nn.Linear(\(width), 1))
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    held = torch.randn(100)
    for step in range(\(steps)):
        opt.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
        loss.backward()
        opt.step()
        if step == 5:
            kept = net[3].weight.detach().clone() * held.sum()
    print(held[:3], kept.sum())
    """
  }

  static func record(_ source: String, budget: Int?) -> Recording {
    ProgramRunner.record(source: source, path: "p.py", policy: CapturePolicy(budget: budget)).recording
  }

  /// Bytes of all values above the limit that are still whole.
  static func largeBytes(_ recording: Recording) -> Int {
    var bytes = 0
    for event in recording.events {
      var payload = event.body.payload
      payload.visitValues { content, _ in
        if case .whole(let e) = content, e.count > CapturePolicy.smallCount { bytes += e.count * 4 }
      }
    }
    return bytes
  }

  @Test func `no event is lost, and what is kept is what was`() throws {
    let source = Self.training(steps: 40, width: 100)
    let whole = Self.record(source, budget: nil)
    let thin = Self.record(source, budget: 1 << 20)
    let thinning = try #require(thin.thinning)
    #expect(whole.thinning == nil)
    #expect(thin.events.count == whole.events.count)
    #expect(
      zip(thin.events, whole.events).allSatisfy { type(of: $0.body.payload) == type(of: $1.body.payload) })
    #expect(zip(thin.events, whole.events).allSatisfy { $0.span == $1.span })
    for (a, b) in zip(thin.events, whole.events) {
      var kept: [Content] = []
      var all: [Content] = []
      var (p, q) = (a.body.payload, b.body.payload)
      p.visitValues { c, _ in kept.append(c) }
      q.visitValues { c, _ in all.append(c) }
      #expect(kept.count == all.count)
      for (x, y) in zip(kept, all) where x != y {
        guard case .summary(let s) = x, case .whole(let e) = y else {
          Issue.record("\(x) stands for \(y)")
          continue
        }
        #expect(s.isThinned && e.count > thinning.limit)
      }
    }
    // The first step and the last are whole.
    #expect(thin.wholeSteps().steps.first == 1)
    #expect(thin.wholeSteps().steps.last == 40)
    #expect(thin.wholeSteps().count == 40)
    #expect(thin.wholeSteps().steps.count < 40)
  }

  @Test func `every state is what it was, or says that it was thinned`() throws {
    let source = Self.training(steps: 24, width: 100)
    let whole = Self.record(source, budget: nil)
    let thin = Self.record(source, budget: 1 << 20)
    let thinning = try #require(thin.thinning)
    var (a, b) = (Moment(), Moment())
    var thinned = 0
    for k in 0..<whole.events.count {
      a.apply(thin.events[k])
      b.apply(whole.events[k])
      if k % 29 != 0, k + 1 < whole.events.count { continue }
      let isWhole = thinning.isWhole(at: k + 1)
      #expect(a.names == b.names && a.versions == b.versions && a.output == b.output)
      for id in b.tensors.keys {
        let (x, y) = (a.value(of: id), b.value(of: id))
        if x == y { continue }
        thinned += 1
        #expect(x?.isThinned == true && x?.shape == y?.shape, "\(id) after \(k + 1)")
        // In a whole stretch all that has a name is known, gradients and the state of optimizers included.
        #expect(!isWhole || b.names(of: id).isEmpty, "\(b.names(of: id)) after \(k + 1)")
        if case .summary(let s) = x?.content, !s.isUnknown, let e = y?.elements {
          #expect(s.norm == Summary(of: e).norm, "\(id) after \(k + 1)")
        }
      }
      if isWhole {
        let same = a.optimizers == b.optimizers
        #expect(same, "after \(k + 1)")
        for id in b.tensors.keys where !b.names(of: id).isEmpty {
          let same = a.gradient(of: id) == b.gradient(of: id)
          #expect(same, "\(b.names(of: id)) after \(k + 1)")
        }
      }
    }
    #expect(thinned > 100)
  }

  @Test func `a recording within its budget has the bytes of one without`() {
    let source = Self.training(steps: 3, width: 100)
    #expect(Self.record(source, budget: nil).encoded() == Self.record(source, budget: 1 << 24).encoded())
  }

  @Test func `a thousand steps stay within the budget`() throws {
    let budget = 1 << 21
    let recording = Self.record(Self.training(steps: 1000, width: 100), budget: budget)
    let steps = recording.wholeSteps()
    #expect(steps.count == 1000)
    // What came since the budget was last used up stands whole, too.
    #expect(Self.largeBytes(recording) < budget * 3 / 2)
    #expect(Self.largeBytes(recording) > budget / 4)
    #expect(steps.steps.first == 1 && steps.steps.last == 1000)
    #expect(steps.steps.contains { $0 > 400 && $0 < 600 })
  }

  @Test func `a loop without an optimizer is bounded, too`() throws {
    let source = """
      import torch
      w = torch.zeros(200, requires_grad=True)
      for i in range(300):
          loss = ((w - 1) ** 2).sum()
          loss.backward()
          with torch.no_grad():
              w -= 0.1 * w.grad
          w.grad = None
      print(loss)
      """
    let budget = 200_000
    let recording = Self.record(source, budget: budget)
    #expect(recording.thinning != nil)
    #expect(Self.largeBytes(recording) < budget * 3 / 2)
    let note = try #require(recording.thinningNote)
    #expect(note.hasPrefix("values of more than 64 elements are whole in events 1–"))
  }

  @Test func `thinning survives the disk and is told`() throws {
    let recording = Self.record(Self.training(steps: 24, width: 100), budget: 1 << 20)
    #expect(try Recording(decoding: recording.encoded()) == recording)
    let note = try #require(recording.thinningNote)
    #expect(note.hasPrefix("values of more than 64 elements are whole in step"))
    #expect(
      note.hasSuffix("of 24; elsewhere they are shape, statistics and first elements. No event is missing"))
    let story = Story.lines(of: recording).map(\.text)
    #expect(story.contains { $0.contains("net.0.weight:") && $0.contains(", thinned") })
  }
}

import Recordings
import TestFixtures

/// The recordings the laws are tried on.
struct Sample: Sendable {
  var name: String
  var recording: Recording

  init(name: String, recording: Recording) {
    self.name = name
    self.recording = recording
  }

  init(_ name: String, _ build: (Builder) -> Void) {
    let builder = Builder()
    build(builder)
    self.init(name: name, recording: builder.recording("program.py"))
  }

  /// Every instant of a short recording; of a long one the first, the last and some between.
  var instants: [Int] {
    let count = recording.events.count
    if count <= 60 { return Array(0...count) }
    return Array(0...24) + stride(from: 25, to: count, by: max(1, count / 24)) + [count - 1, count]
  }

  static let all: [Sample] = [
    Sample(name: "the founding program", recording: FoundingProgram.recording),
    Sample(name: "nothing at all", recording: Recording(program: "empty.py", source: "", events: [])),
    training, tenParameters, stale, partlyHeld, longNames, shapes, twice, twoOptimizers, failing, rounds,
  ]

  /// A loop: w·x + b, mean squared error, Adam, zero_grad first.
  static let training = Sample("a training loop") { b in
    b.run("X = torch.randn(4, 3)")
    let x = b.tensor("X", [4, 3], requiresGrad: false, seed: 5)
    b.run("t = torch.randn(4, 1)")
    let t = b.tensor("t", [4, 1], requiresGrad: false, seed: 6)
    b.run("W = torch.randn(3, 1, requires_grad=True)")
    let w = b.parameter("W", [3, 1], seed: 2)
    b.run("b = torch.zeros(1, requires_grad=True)")
    let bias = b.parameter("b", [1], [0])
    b.run("optimizer = torch.optim.Adam([W, b], lr=0.01)")
    let adam = b.optimizer("optimizer", "Adam", [w, bias], lr: 0.01)
    for _ in 0..<4 {
      b.run("for epoch in range(4):")
      b.run("    prediction = X @ W + b")
      let product = b.apply("mm", "@", [x, w], shape: [4, 1])
      let prediction = b.apply("add", "+", [product, bias], to: "prediction", shape: [4, 1])
      b.run("    loss = ((prediction - t) ** 2).mean()")
      let difference = b.apply("sub", "−", [prediction, t], shape: [4, 1])
      let square = b.apply("pow", "( )²", [difference], shape: [4, 1])
      let loss = b.apply("mean", "mean", [square], to: "loss", shape: [], [0.75])
      b.run("    optimizer.zero_grad()")
      b.zeroGrad([w, bias])
      b.run("    loss.backward()")
      b.backward(loss)
      b.run("    optimizer.step()")
      b.step(adam)
    }
  }

  static let tenParameters = Sample("ten parameters") { b in
    var all: [TensorID] = []
    for index in 1...10 {
      b.run("w\(index) = torch.randn(2, requires_grad=True)")
      all.append(b.parameter("w\(index)", [2], seed: index))
    }
    b.run("optimizer = torch.optim.SGD([w1, w2, w3, w4, w5, w6, w7, w8, w9, w10], lr=0.1)")
    let sgd = b.optimizer("optimizer", "SGD", all, lr: 0.1)
    b.run("loss = (w1 * w2 * w3 * w4 * w5 * w6 * w7 * w8 * w9 * w10).sum()")
    var product = all[0]
    for next in all.dropFirst() { product = b.apply("mul", "×", [product, next], shape: [2]) }
    let loss = b.apply("sum", "Σ", [product], to: "loss", shape: [], [1.5])
    b.run("loss.backward()")
    b.backward(loss)
    b.run("optimizer.step()")
    b.step(sgd)
  }

  /// The optimizer holds the old `x`; the program made a new one.
  static let stale = Sample("a stale reference") { b in
    b.run("x = torch.tensor([1., 2.], requires_grad=True)")
    let old = b.parameter("x", [2], [1, 2])
    b.run("optim = torch.optim.SGD([x], lr=0.1)")
    let sgd = b.optimizer("optim", "SGD", [old], lr: 0.1)
    b.run("x = torch.tensor([3., 4.], requires_grad=True)")
    let new = b.parameter("x", [2], [3, 4])
    b.run("loss = (x * x).sum()")
    let square = b.apply("mul", "×", [new, new], shape: [2], [9, 16])
    let loss = b.apply("sum", "Σ", [square], to: "loss", shape: [], [25])
    b.run("loss.backward()")
    b.backward(loss)
    b.run("optim.step()")
    b.step(sgd)
  }

  /// `b` was never given to the optimizer; `c` is held but no gradient reaches it.
  static let partlyHeld = Sample("parameters forgotten") { b in
    b.run("a = torch.ones(2, requires_grad=True)")
    let a = b.parameter("a", [2], [1, 1])
    b.run("b = torch.ones(2, requires_grad=True)")
    let other = b.parameter("b", [2], [1, 1])
    b.run("c = torch.ones(2, requires_grad=True)")
    let c = b.parameter("c", [2], [1, 1])
    b.run("optim = torch.optim.SGD([a, c], lr=0.1)")
    let sgd = b.optimizer("optim", "SGD", [a, c], lr: 0.1)
    b.run("loss = (a * b).sum()")
    let product = b.apply("mul", "×", [a, other], shape: [2], [1, 1])
    let loss = b.apply("sum", "Σ", [product], to: "loss", shape: [], [2])
    b.run("loss.backward()")
    b.backward(loss)
    b.run("optim.step()")
    b.step(sgd)
  }

  static let longNames = Sample("long names") { b in
    b.run("the_weights_of_the_very_first_layer_of_the_network = torch.randn(5, requires_grad=True)")
    let w = b.parameter(
      "the_weights_of_the_very_first_layer_of_the_network", [5], [1e-7, 2000, -3.5, .nan, .infinity])
    b.run(
      "the_value_that_is_to_be_made_as_small_as_possible = (the_weights_of_the_very_first_layer_of_the_network ** 2).sum()"
    )
    let square = b.apply("pow", "( )²", [w], shape: [5])
    let loss = b.apply(
      "sum", "Σ", [square], to: "the_value_that_is_to_be_made_as_small_as_possible", shape: [], [4e6])
    b.run(
      "optimizer_with_a_long_name = torch.optim.SGD([the_weights_of_the_very_first_layer_of_the_network], lr=0.000012345)"
    )
    let sgd = b.optimizer("optimizer_with_a_long_name", "SGD", [w], lr: 0.000012345)
    b.run("the_value_that_is_to_be_made_as_small_as_possible.backward()")
    b.backward(loss, scale: 1234.5)
    b.run("optimizer_with_a_long_name.step()")
    b.step(sgd)
  }

  /// 0-d, 1-d long, matrices small and large, 3-d, one too large to be kept, one empty.
  static let shapes = Sample("tensors of all shapes") { b in
    let shapes = [[], [12], [40], [2, 3], [16, 16], [70, 90], [2, 3, 4], [100, 60], [0]]
    var all: [TensorID] = []
    for (index, shape) in shapes.enumerated() {
      b.run("p\(index) = torch.randn(\(shape.map(String.init).joined(separator: ", ")), requires_grad=True)")
      all.append(b.parameter("p\(index)", shape, seed: index + 3))
    }
    b.run("optimizer = torch.optim.Adam(all, lr=0.01)")
    let adam = b.optimizer("optimizer", "Adam", all, lr: 0.01)
    b.run("loss = f(p0, p1, p2, p3, p4, p5, p6, p7, p8)")
    let loss = b.apply("stack", "stack", all, to: "loss", shape: [], [3])
    b.run("loss.backward()")
    b.backward(loss)
    b.run("optimizer.step()")
    b.step(adam)
  }

  /// The gradient of a second pass is added; no optimizer at all.
  static let twice = Sample("backward twice") { b in
    b.run("x = torch.tensor([1., 2.], requires_grad=True)")
    let x = b.parameter("x", [2], [1, 2])
    b.run("y = (x * x).sum()")
    let square = b.apply("mul", "×", [x, x], shape: [2], [1, 4])
    let y = b.apply("sum", "Σ", [square], to: "y", shape: [], [5])
    b.run("y.backward(retain_graph=True)")
    b.backward(y, retain: true)
    b.run("y.backward()")
    b.backward(y)
  }

  static let twoOptimizers = Sample("two optimizers") { b in
    b.run("g = torch.randn(2, requires_grad=True)")
    let g = b.parameter("g", [2], seed: 3)
    b.run("d = torch.randn(3, requires_grad=True)")
    let d = b.parameter("d", [3], seed: 4)
    b.run("e = torch.randn(3, requires_grad=True)")
    let e = b.parameter("e", [3], seed: 5)
    b.run("opt_d = torch.optim.Adam([d, e], lr=0.01)")
    let first = b.optimizer("opt_d", "Adam", [d, e], lr: 0.01)
    b.run("opt_g = torch.optim.SGD([g], lr=0.1)")
    let second = b.optimizer("opt_g", "SGD", [g], lr: 0.1)
    for _ in 0..<2 {
      b.run("loss_d = (d * e).sum()")
      let product = b.apply("mul", "×", [d, e], shape: [3])
      let lossD = b.apply("sum", "Σ", [product], to: "loss_d", shape: [], [0.25])
      b.run("loss_d.backward()")
      b.backward(lossD)
      b.run("opt_d.step()")
      b.step(first)
      b.run("loss_g = g.sum()")
      let lossG = b.apply("sum", "Σ", [g], to: "loss_g", shape: [], [0.5])
      b.run("loss_g.backward()")
      b.backward(lossG)
      b.run("opt_g.step()")
      b.step(second)
      b.run("opt_d.zero_grad(); opt_g.zero_grad()")
      b.zeroGrad([d, e, g])
    }
  }

  static let failing = Sample("a program that fails") { b in
    b.run("x = torch.tensor([1., 2.], requires_grad=True)")
    let x = b.parameter("x", [2], [1, 2])
    b.run("y = x * 2")
    b.apply("mul", "× 2", [x], to: "y", shape: [2], [2, 4])
    b.run("y.backward()")
    b.raise("RuntimeError", "grad can be implicitly created only for scalar outputs")
  }

  /// A new `x` and a new optimizer in each round: one row, one after the other.
  static let rounds = Sample("a new x each round") { b in
    for round in 0..<5 {
      b.run("for lr in (0.1, 0.2, 0.3, 0.4, 0.5):")
      b.run("    x = torch.tensor([1., 2.], requires_grad=True)")
      let x = b.parameter("x", [2], [1, 2])
      b.run("    optim = torch.optim.SGD([x], lr=lr)")
      let sgd = b.optimizer("optim", "SGD", [x], lr: Float(round + 1) / 10)
      b.run("    loss = (x * x).sum()")
      let square = b.apply("mul", "×", [x, x], shape: [2], [1, 4])
      let loss = b.apply("sum", "Σ", [square], to: "loss", shape: [], [5])
      b.run("    loss.backward()")
      b.backward(loss)
      b.run("    optim.step()")
      b.step(sgd)
    }
  }
}

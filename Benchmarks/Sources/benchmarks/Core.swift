import Backstep

/// The core called from Swift, against PyTorch called from Python: what a student's program would call.
enum Core {
  private static let prelude = """
    import torch
    from torch import nn
    torch.manual_seed(0)

    """
  private static let network =
    prelude + """
      x = torch.randn(64, 2)
      y = torch.randn(64, 1)
      net = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))

      """
  private static let trainingStep = """
    opt = torch.optim.SGD(net.parameters(), lr=0.01)
    for i in range(REPEATS):
        opt.zero_grad()
        d = net(x) - y
        (d * d).mean().backward()
        opt.step()
    """

  static let contests: [Contest] = [
    Contest(
      name: "recorded scalar operation, forward",
      program: prelude + """
        x = torch.tensor(1.5, requires_grad=True)
        w = torch.tensor(0.5, requires_grad=True)
        for i in range(REPEATS):
            y = x * w
        """, count: 50_000, goal: 1900.0 / 300,
      ours: .core { n in
        let (x, w) = (Tensor(1.5, requiresGrad: true), Tensor(0.5, requiresGrad: true))
        return Context().run { seconds { for _ in 0..<n { sink(x * w) } } }
      }),
    Contest(
      name: "scalar operation: forward, backward, release",
      program: prelude + """
        x = torch.tensor(1.5, requires_grad=True)
        w = torch.tensor(0.5, requires_grad=True)
        for i in range(REPEATS):
            (x * w).backward()
            x.grad = None
            w.grad = None
        """, count: 20_000, goal: 1900.0 / 700,
      ours: .core { n in
        let (x, w) = (Tensor(1.5, requiresGrad: true), Tensor(0.5, requiresGrad: true))
        return try Context().run {
          try timing {
            for _ in 0..<n {
              try (x * w).backward()
              try x.clearGrad(setToNone: true, by: "assignment")
              try w.clearGrad(setToNone: true, by: "assignment")
            }
          }
        }
      }),
    // What one operation costs in a graph: a thousandth of this.
    Contest(
      name: "1,000 scalar operations: forward, backward, release",
      program: prelude + """
        w = torch.tensor(1.0001, requires_grad=True)
        for i in range(REPEATS):
            y = w
            for _ in range(1000):
                y = y * w
            y.backward()
            w.grad = None
        """, count: 100, goal: 1900.0 / 700,
      ours: .core { n in
        let w = Tensor(1.0001, requiresGrad: true)
        return try Context().run {
          try timing {
            for _ in 0..<n {
              var y = w
              for _ in 0..<1000 { y = y * w }
              try y.backward()
              try w.clearGrad(setToNone: true, by: "assignment")
            }
          }
        }
      }),
    Contest(
      name: "training step 2-64-64-1, SGD, no recorder", program: network + trainingStep, count: 500, goal: 2,
      ours: .core { n in try train(n, recorder: nil) }),
    Contest(
      name: "training step 2-64-64-1, SGD, recorded", program: network + trainingStep, count: 100, goal: 1,
      ours: .core { n in
        try train(n, recorder: Recorder(policy: CapturePolicy(budget: CapturePolicy.standardBudget)))
      }),
    step("SGD", goal: 4), step("Adam", goal: 4),
    matmul(64, count: 2000), matmul(256, count: 60), matmul(512, count: 10),
    Contest(
      name: "3×3 convolution on 16×28×28, forward",
      program: prelude + """
        x = torch.randn(1, 16, 28, 28)
        conv = nn.Conv2d(16, 16, 3, padding=1)
        for i in range(REPEATS):
            y = conv(x)
        """, count: 200, goal: 0.2,
      ours: .core { n in
        try Context().run {
          let conv = try module("Conv2d", [.int(16), .int(16), .int(3), .int(1), .int(1)])
          let x = Tensor(shape: [1, 16, 28, 28], noise(16 * 28 * 28))
          return try timing { for _ in 0..<n { sink(try conv(x)) } }
        }
      }),
  ]

  private static func step(_ kind: String, goal: Double) -> Contest {
    Contest(
      name: "\(kind).step of 2-64-64-1",
      program: network + """
        opt = torch.optim.\(kind)(net.parameters(), lr=0.01)
        net(x).sum().backward()
        opt.step()
        for i in range(REPEATS):
            opt.step()
        """, count: 2000, goal: goal,
      ours: .core { n in
        try Context().run {
          let layers = try layers()
          try forward(layers, Tensor(shape: [64, 2], noise(128))).sum().backward()
          let parameters = layers.flatMap { $0.parameters.compactMap(\.value) }
          let rule: any OptimizerType.Type = kind == "SGD" ? SGDRule.self : AdamRule.self
          let optimizer = try Optimizer(
            rule, groups: [ParameterSettings(parameters: parameters, options: [])],
            options: [NamedAttribute("lr", .double(0.01))])
          try optimizer.step()
          return try timing { for _ in 0..<n { try optimizer.step() } }
        }
      })
  }

  private static func matmul(_ size: Int, count: Int) -> Contest {
    Contest(
      name: "matmul \(size)×\(size)",
      program: prelude + """
        a = torch.randn(\(size), \(size))
        b = torch.randn(\(size), \(size))
        for i in range(REPEATS):
            c = a @ b
        """, count: count, goal: 1.0 / 3,
      ours: .core { n in
        try Context().run {
          let a = Tensor(shape: [size, size], noise(size * size))
          let b = Tensor(shape: [size, size], noise(size * size))
          guard let product = OperationCatalogue.all.first(where: { $0.name == "matmul" }) else { return 0 }
          return try timing { for _ in 0..<n { sink(try product.call([.tensor(a), .tensor(b)])) } }
        }
      })
  }

  private static func train(_ n: Int, recorder: Recorder?) throws -> Double {
    try Context(recorder: recorder).run {
      let layers = try layers()
      let x = Tensor(shape: [64, 2], noise(128))
      let y = Tensor(shape: [64, 1], noise(64))
      let optimizer = try SGD(layers.flatMap { $0.parameters.compactMap(\.value) }, lr: 0.01)
      return try timing {
        for _ in 0..<n {
          try optimizer.zeroGrad()
          let d = try forward(layers, x) - y
          try (d * d).mean().backward()
          try optimizer.step()
        }
      }
    }
  }

  private static func layers() throws -> [Module] {
    try [
      module("Linear", [.int(2), .int(64)]), module("Tanh", []), module("Linear", [.int(64), .int(64)]),
      module("Tanh", []), module("Linear", [.int(64), .int(1)]),
    ]
  }
  private static func forward(_ layers: [Module], _ x: Tensor) throws -> Tensor {
    try layers.reduce(x) { try $1($0) }
  }
  private struct NoModule: Error {}
  private static func module(_ name: String, _ arguments: [Argument]) throws -> Module {
    guard let type = ModuleCatalogue[name] else { throw NoModule() }
    return try type(arguments)
  }

  /// Numbers between −1 and 1, the same in every run.
  private static func noise(_ count: Int) -> [Double] {
    var state: UInt64 = 88_172_645_463_325_252
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 52) - 1
    }
  }

  private static func timing(_ body: () throws -> Void) throws -> Double {
    var failure: (any Error)?
    let time = seconds { do { try body() } catch { failure = error } }
    if let failure { throw failure }
    return time
  }
}

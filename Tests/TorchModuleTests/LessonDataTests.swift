import Autograd
import MiniPython
import Testing

@testable import TorchModule

/// The data sets of lessons: the same on every machine, and such that small networks learn them.
@Suite struct LessonDataTests {
  private func run(_ body: String) -> (output: String, errors: String) {
    var output = ""
    let source = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n" + body
    let outcome = ProgramRunner().run(source: source, path: "p.py", output: { output += $0 })
    if case .raised(let error) = outcome { return (output, error.traceback) }
    return (output, "")
  }

  private static let fit = """
    def fit(net, x, y, loss, steps, lr):
        opt = torch.optim.Adam(net.parameters(), lr=lr)
        for _ in range(steps):
            opt.zero_grad()
            l = loss(net(x), y)
            l.backward()
            opt.step()
        return l.item()
    def right(net, x, y):
        return (net(x).argmax(1) == y).float().mean().item()
    torch.manual_seed(0)

    """

  @Test(arguments: [
    (
      "xor",
      "nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)), x, y, F.binary_cross_entropy_with_logits, 200, 0.05",
      "(net(x) > 0).float().eq(y).all().item()"
    ),
    (
      "moons",
      "nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2)), x, y, F.cross_entropy, 100, 0.05",
      "right(net, x, y) > 0.97"
    ),
    (
      "spirals",
      "nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 2)), x, y, F.cross_entropy, 200, 0.05",
      "right(net, x, y) > 0.97"
    ),
    (
      "line", "nn.Linear(1, 1), x, y, F.mse_loss, 200, 0.05",
      "abs(net.weight.item() - 2) < 0.05 and abs(net.bias.item() + 1) < 0.05"
    ),
    (
      "sine", "nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1)), x, y, F.mse_loss, 300, 0.02",
      "F.mse_loss(net(x), y).item() < 0.006"
    ),
  ])
  func `a small network learns it`(name: String, training: String, expectation: String) {
    let (net, rest) = training.splitOnce(", x, y")
    let result = run(
      """
      from backstep.data import \(name)
      x, y = \(name)()
      \(Self.fit)
      net = \(net)
      fit(net, x, y\(rest))
      print(\(expectation))
      """)
    #expect(result.errors == "")
    #expect(result.output == "True\n")
  }

  @Test func `a network learns digits it has not seen`() {
    let result = run(
      """
      from backstep.data import digits
      x, y = digits(400)
      \(Self.fit)
      net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
      fit(net, x[:300], y[:300], F.cross_entropy, 60, 0.02)
      print(right(net, x[300:], y[300:]) > 0.9, y.bincount().tolist())
      """)
    #expect(result.errors == "")
    #expect(result.output == "True [40, 40, 40, 40, 40, 40, 40, 40, 40, 40]\n")
  }

  @Test func `the numbers are what they were, and no program's digits change by loading them`() {
    let result = run(
      """
      import backstep.data as data
      torch.manual_seed(3)
      expected = torch.rand(1)
      torch.manual_seed(3)
      print(data.moons(2)[0], data.spirals(2, classes=3)[0], data.line(2), data.sine(2)[1])
      print(data.digits(4)[0][3, 0].mul(100).round())
      print(torch.equal(torch.rand(1), expected), torch.equal(data.moons(9, seed=1)[0], data.moons(9, seed=1)[0]),
            torch.equal(data.moons(9, seed=1)[0], data.moons(9, seed=2)[0]))
      """)
    #expect(result.errors == "")
    #expect(result.output == Self.numbers)
  }

  static let numbers = """
    tensor([[-1.0047,  0.0293],
            [ 1.2303, -0.4479]]) tensor([[ 0.9542, -0.1857],
            [ 0.5067, -0.2925]]) (tensor([[0.9401],
            [0.2438]]), tensor([[ 0.8710],
            [-0.5834]])) tensor([[0.1825],
            [0.6577]])
    tensor([[ 0.,  0.,  3., 20.,  9.,  0.,  0.,  0.],
            [ 0.,  8., 69., 52., 66., 52.,  0.,  0.],
            [ 0.,  1.,  8.,  0.,  0., 61., 14.,  0.],
            [ 0.,  0.,  0., 20., 57., 70.,  2.,  0.],
            [ 0.,  0.,  0.,  8., 33., 69., 24.,  0.],
            [ 0.,  2., 36.,  3.,  0., 16., 65.,  0.],
            [ 0.,  0., 38., 71., 70., 72., 24.,  0.],
            [ 0.,  0.,  0.,  0.,  0.,  1.,  0.,  0.]])
    True True False

    """

  @Test func `what cannot be asked for is refused by name`() {
    for (call, message) in [
      ("moons(0)", "ValueError: moons(): n must be from 1 to 100000"),
      ("moons(2.5)", "TypeError: moons(): n must be an int, not float"),
      ("digits(seed=-1)", "ValueError: digits(): seed must be from 0 to 4294967295"),
      ("spirals(9, 99)", "ValueError: spirals(): classes must be from 2 to 10"),
      ("line(noise=float('nan'))", "TypeError: line(): noise must be a finite number, not float"),
      ("xor(4)", "TypeError: xor() takes no arguments (1 given)"),
    ] {
      let errors = run("import backstep.data\nbackstep.data.\(call)").errors
      #expect(errors.hasSuffix(message + "\n"), "\(errors)")
    }
  }
}

extension String {
  fileprivate func splitOnce(_ mark: String) -> (String, String) {
    guard let range = firstRange(of: mark) else { return (self, "") }
    return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
  }
}

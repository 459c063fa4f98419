/// Whole programs, run by `backstep run` and by CPython with PyTorch.
enum Programs {
  private static let network = """
    import torch
    from torch import nn
    torch.manual_seed(0)
    x = torch.randn(64, 2)
    y = torch.randn(64, 1)
    net = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))

    """

  static let contests = [
    Contest(
      name: "training step 2-64-64-1, Adam, from a program",
      program: network + """
        opt = torch.optim.Adam(net.parameters(), lr=1e-3)
        for i in range(REPEATS):
            opt.zero_grad()
            loss = nn.functional.mse_loss(net(x), y)
            loss.backward()
            opt.step()
        """, count: 1000, goal: 3),
    Contest(
      name: "convolutional network on digits, step",
      program: """
        import torch
        from torch import nn
        torch.manual_seed(0)
        x = torch.rand(50, 1, 8, 8)
        y = torch.arange(50) % 10
        net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                            nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                            nn.Flatten(), nn.Linear(64, 10))
        opt = torch.optim.SGD(net.parameters(), lr=0.1)
        for i in range(REPEATS):
            opt.zero_grad()
            loss = nn.functional.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
        """, count: 300, goal: 1.0 / 3),
    Contest(
      name: "scalar training loop",
      program: """
        import torch
        w = torch.tensor(0.0, requires_grad=True)
        for i in range(REPEATS):
            loss = (w * 2.0 - 3.0) ** 2
            loss.backward()
            with torch.no_grad():
                w -= 0.01 * w.grad
            w.grad = None
        """, count: 10_000, goal: 20),
    Contest(
      name: "loop: additions of integers",
      program: """
        total = 0
        for i in range(REPEATS):
            total += i * 3 % 7
        """, count: 2_000_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "loop: while with floats",
      program: """
        x = 0.0
        i = 0
        while i < REPEATS:
            x = x * 0.5 + i
            i += 1
        """, count: 1_000_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "calls of a function",
      program: """
        def add(a, b):
            return a + b
        total = 0
        for i in range(REPEATS):
            total = add(total, i)
        """, count: 1_000_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "recursive calls",
      program: """
        def depth(n):
            return 0 if n == 0 else 1 + depth(n - 1)
        for i in range(REPEATS // 100):
            depth(100)
        """, count: 500_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "attributes and methods",
      program: """
        class Counter:
            def __init__(self):
                self.value = 0
            def add(self, k):
                self.value += k
        c = Counter()
        for i in range(REPEATS):
            c.add(i)
        """, count: 700_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "list building: append",
      program: """
        out = []
        for i in range(REPEATS):
            out.append(i)
        """, count: 1_000_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "list building: comprehension",
      program: "out = [i * i for i in range(REPEATS)]\n", count: 2_000_000, goal: 1.0 / 3, needsTorch: false),
    Contest(
      name: "dictionary and strings",
      program: """
        counts = {}
        for i in range(REPEATS):
            key = f"k{i % 100}"
            counts[key] = counts.get(key, 0) + 1
        """, count: 500_000, goal: 1.0 / 3, needsTorch: false),
  ]
}

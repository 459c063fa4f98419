import Testing
import TorchModule

/// Programs run on many threads at once and share the library's classes: none may see what another did to them.
@Suite struct ParallelRunTests {
  private static let source = """
    import torch, abc, collections.abc
    from torch import nn
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.l = nn.Linear(2, 1)
        def forward(self, x): return self.l(x)
    class Line(nn.Linear): pass
    class Whole(int): pass
    class Rows:
        def __len__(self): return 3
    collections.abc.Sequence.register(Rows)
    class Deeper(Net): pass
    print([c.__name__ for c in nn.Module.__subclasses__() if c.__module__ == "__main__"])
    print([c.__name__ for c in Net.__subclasses__()], isinstance(Rows(), collections.abc.Sequence))
    print(issubclass(Deeper, nn.Module), isinstance(Line(1, 1), nn.Linear), isinstance(3, collections.abc.Sequence))
    """

  @Test func `runs beside one another do not see each other's classes`() async {
    let outputs = await withTaskGroup(of: String.self) { group in
      for _ in 0..<200 {
        group.addTask {
          var output = ""
          _ = ProgramRunner().run(source: Self.source, path: "p.py", output: { output += $0 })
          return output
        }
      }
      return await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(outputs == ["['Net']\n['Deeper'] True\nTrue True False\n"])
  }
}

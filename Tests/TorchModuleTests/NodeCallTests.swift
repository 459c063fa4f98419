import MiniPython
import Testing

@testable import TorchModule

/// A node's rule relies on the shape of its gradient: what does not fit is refused before it runs.
@Suite struct NodeCallTests {
  @Test(arguments: [
    "x[torch.tensor([0, 1, 3])]", "x[1:]", "x.gather(0, torch.tensor([0, 1, 3]))", "x.view(2, 2)",
    "x.sort()[0]",
    "torch.cat([x, x])", "x.flip(0)", "x[x > 0]", "x.topk(2)[0]", "x.unfold(0, 2, 1)",
    "x.view(2, 2) @ x.view(2, 2)",
  ])
  func `a gradient of another shape is refused`(value: String) {
    let source = """
      import torch
      x = torch.tensor([4., 3., 2., 1.], requires_grad=True)
      node = (\(value)).grad_fn
      for g in (torch.ones(1), torch.ones(10000), torch.ones(0), torch.ones(2, 3, 5)):
          try: print(node(g))
          except RuntimeError as e: print("refused")
      leaf = (x * 2).grad_fn.next_functions[0][0]
      try: leaf(torch.ones(9))
      except RuntimeError as e: print(e, x.grad)
      """
    var output = ""
    _ = ProgramRunner().run(source: source, path: "p.py", output: { output += $0 })
    #expect(
      output == String(repeating: "refused\n", count: 4)
        + "AccumulateGrad, gradient 0 - got [9] but expected shape compatible with [4] None\n")
  }
}

import MiniPython
import Testing
import TorchModule

/// Devices that are only named, and sizes that cannot be had.
@Suite struct DeviceTests {
  private func run(_ source: String, devices: [String] = []) -> (output: String, error: String) {
    var output = ""
    let outcome = ProgramRunner(simulatedDevices: devices).run(
      source: source, path: "p.py", output: { output += $0 })
    if case .raised(let error) = outcome { return (output, error.summary) }
    return (output, "")
  }

  @Test func `without simulation there is no GPU`() {
    let found = run("import torch\nprint(torch.cuda.is_available())\ntorch.ones(1).cuda()")
    #expect(found.output == "False\n")
    #expect(found.error == "AssertionError: Torch not compiled with CUDA enabled")
  }

  @Test func `a simulated GPU has memory of its own`() {
    let found = run(
      """
      import torch
      print(torch.cuda.is_available())
      x = torch.ones(2)
      y = x.to("cuda")
      y += 1
      print(x, y, y.cpu() is y)
      m = torch.nn.Linear(2, 1).to("cuda:0")
      print(next(m.parameters()).device)
      m(x.view(1, 2))
      """, devices: ["cuda:0"])
    #expect(
      found.output == "True\ntensor([1., 1.]) tensor([2., 2.], device='cuda:0') False\ncuda:0\n")
    #expect(found.error.hasPrefix("RuntimeError: Expected all tensors to be on the same device"))
  }

  @Test func `an index that no device has is refused`() {
    let found = run("import torch\ntorch.ones(1).to('cuda:7')", devices: ["cuda:0"])
    #expect(found.error == "RuntimeError: CUDA error: invalid device ordinal")
  }

  @Test(arguments: [
    ("torch.zeros(100000, 100000)", "can't allocate memory: you tried to allocate 40000000000 bytes"),
    ("torch.ones(2**62, 8)", "Storage size calculation overflowed with sizes=[4611686018427387904, 8]"),
    ("torch.zeros(-1)", "zeros: Dimension size must be non-negative."),
  ])
  func `sizes that cannot be had raise`(call: String, words: String) {
    let found = run("import torch\n\(call)")
    #expect(found.error.hasPrefix("RuntimeError: "))
    #expect(found.error.contains(words))
  }
}

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

  /// What a CUDA build of PyTorch says of tensors that meet from two devices, and where it says nothing.
  private static let meetings = [
    (
      "g + x",
      "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
    ),
    (
      "x + g",
      "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
    ),
    ("g * torch.tensor(2.)", "tensor([2., 2.], device='cuda:0')"),
    (
      "x * torch.tensor(2., device='cuda')",
      "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
    ),
    (
      "m(g)",
      "RuntimeError: Expected all tensors to be on the same device, but got mat1 is on cuda:0, different from other tensors on cpu (when checking argument in method wrapper_CUDA_addmm)"
    ),
    (
      "torch.cat([g, x])",
      "RuntimeError: Expected all tensors to be on the same device, but got tensors is on cpu, different from other tensors on cuda:0 (when checking argument in method wrapper_CUDA_cat)"
    ),
    (
      "F.cross_entropy(g[None], torch.tensor([0]))",
      "RuntimeError: Expected all tensors to be on the same device, but got target is on cpu, different from other tensors on cuda:0 (when checking argument in method wrapper_CUDA_nll_loss_forward)"
    ),
    (
      "nn.Embedding(3, 2).cuda()(torch.tensor([0]))",
      "RuntimeError: Expected all tensors to be on the same device, but got index is on cpu, different from other tensors on cuda:0 (when checking argument in method wrapper_CUDA__index_select)"
    ),
    (
      "nn.BatchNorm1d(2).cuda()(torch.ones(3, 2))",
      "RuntimeError: Expected all tensors to be on the same device, but got weight is on cuda:0, different from other tensors on cpu (when checking argument in method wrapper_CUDA__cudnn_batch_norm)"
    ),
    (
      "nn.Conv2d(1, 1, 1)(torch.ones(1, 1, 2, 2).cuda())",
      "RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same"
    ),
    (
      "nn.LSTM(2, 2).cuda()(torch.ones(1, 1, 2))",
      "RuntimeError: Input and parameter tensors are not at the same device, found input tensor at cpu and parameter tensor at cuda:0"
    ),
    ("g[torch.tensor([0])]", "tensor([1.], device='cuda:0')"),
    (
      "x[g > 0]",
      "RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)"
    ),
    (
      "x.masked_fill(g > 0, 0)",
      "RuntimeError: expected self and mask to be on the same device, but got mask on cuda:0 and self on cpu"
    ),
    ("g.clone().copy_(x)", "tensor([1., 1.], device='cuda:0')"),
    (
      "(g.clone().requires_grad_() * 2).backward(x)",
      "RuntimeError: invalid gradient at index 0 - expected device cuda:0 but got cpu"
    ),
    (
      "setattr(m.bias, 'grad', torch.ones(1).cuda())",
      "RuntimeError: attempting to assign a gradient with device type 'cuda' to a tensor with device type 'cpu'. Please ensure that the gradient and the tensor are on the same device"
    ),
    (
      "torch.rand(2, device='cuda', generator=torch.Generator())",
      "RuntimeError: Expected a 'cuda' device type for generator but found 'cpu'"
    ),
    ("torch.randperm(3, device='cuda').device", "cuda:0"),
    ("torch.multinomial(g, 1).device", "cuda:0"),
    ("x.type(torch.cuda.DoubleTensor)", "tensor([1., 1.], device='cuda:0', dtype=torch.float64)"),
    (
      "m.cuda().load_state_dict({'weight': torch.ones(1, 2), 'bias': torch.zeros(1)}), m.bias",
      "<All keys matched successfully> Parameter containing:\ntensor([0.], device='cuda:0', requires_grad=True)"
    ),
  ]

  @Test(arguments: meetings)
  func `devices meet as on a GPU`(call: String, words: String) {
    let found = run(
      """
      import torch, torch.nn as nn, torch.nn.functional as F
      x = torch.ones(2)
      g = x.cuda()
      m = nn.Linear(2, 1)
      try:
          print(\(call))
      except Exception as e:
          print(f"{type(e).__name__}: {e}")
      """, devices: ["cuda:0"])
    #expect(found.output == words + "\n")
    #expect(found.error.isEmpty)
  }

  @Test func `a model that moves leaves the optimizer's state behind`() {
    let found = run(
      """
      import torch
      m = torch.nn.Linear(2, 1)
      o = torch.optim.Adam(m.parameters())
      m(torch.ones(1, 2)).sum().backward()
      o.step()
      w = m.weight
      m.to("cuda")
      print(m.weight is w, w.grad.device, o.state[w]["exp_avg"].device)
      o.load_state_dict(o.state_dict())
      print(o.state[w]["exp_avg"].device, o.state[w]["step"].device)
      o.step()
      m.cpu()
      o.step()
      """, devices: ["cuda:0"])
    #expect(found.output == "True cuda:0 cpu\ncuda:0 cpu\n")
    #expect(found.error.hasPrefix("RuntimeError: Tensors of the same index must be on the same device"))
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

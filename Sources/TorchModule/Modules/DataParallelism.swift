import MiniPython

extension WrittenModules {
  /// `nn.DataParallel`, which on a machine without other devices calls the module that it holds.
  static let dataParallelism = WrittenModule(
    name: "torch.nn.parallel.data_parallel",
    source: #"""
      from torch import nn

      class DataParallel(nn.Module):
          def __init__(self, module, device_ids=None, output_device=None, dim=0):
              super().__init__()
              self.module, self.device_ids = module, []
          def forward(self, *inputs, **kwargs): return self.module(*inputs, **kwargs)
      """#)
}

import MiniPython

/// Where PyTorch defines its classes: paths that programs import from, too.
enum ModuleAliases {
  /// Paths below which only classes and functions are found again that have a shorter one.
  static let homes: [(path: String, from: [String])] = [
    ("torch.nn.parameter", ["torch.nn"]), ("torch.nn.modules", ["torch.nn"]),
    ("torch.optim.optimizer", ["torch.optim"]), ("torch.utils.data.dataset", ["torch.utils.data"]),
    ("torch.utils.data.dataloader", ["torch.utils.data"]), ("torch.utils.data.sampler", ["torch.utils.data"]),
    ("torch.nn.utils.clip_grad", ["torch.nn.utils"]),
    ("torch.nn.utils.convert_parameters", ["torch.nn.utils"]),
    ("torch.nn.utils.stateless", ["torch.func"]), ("torch.autograd.variable", ["torch.autograd"]),
    ("torch.autograd.gradcheck", ["torch.autograd"]),
    ("torch.utils.hooks", []), ("torch.multiprocessing", []), ("torch.types", []),
  ]
  private static let files = [
    "module", "linear", "sparse", "conv", "pooling", "batchnorm", "normalization", "dropout", "activation",
    "rnn",
    "flatten", "distance", "loss", "padding", "pixelshuffle", "upsampling", "fold", "instancenorm",
    "transformer",
    "container", "channelshuffle",
  ]
  private static let rules = [
    "sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam", "radam", "rprop", "asgd",
    "lbfgs",
  ]

  static let names =
    homes.map(\.path) + files.map { "torch.nn.modules.\($0)" } + rules.map { "torch.optim.\($0)" }

  /// Those that their parents have as members: `torch.optim` takes its own out again.
  static let members = names.filter { !$0.hasPrefix("torch.optim.") }

  /// Puts into a module what is defined there.
  static func fill(_ m: ModuleObject, _ cache: RunState) {
    let sources =
      homes.first { $0.path == m.name }?.from
      ?? [m.name.hasPrefix("torch.nn") ? "torch.nn" : "torch.optim"]
    let isHome = homes.contains { $0.path == m.name }
    for source in sources {
      guard let from = Namespaces.module(source, cache)?.object as? ModuleObject else { continue }
      for name in from.memberOrder {
        guard let value = from.members[name], !(value.object is ModuleObject) else { continue }
        if isHome || (value.object as? ClassObject)?.module == m.name { m.set(name, value) }
      }
    }
    for c in BaseClasses.all where c.module == m.name { m.set(c.name, .object(c)) }
    if m.name == "torch.nn.modules.module" { ModuleHooks.fillGlobal(m) }
    if m.name == "torch.optim.optimizer" {
      OptimizerClass.fillGlobal(m)
      m.set("required", .object(RequiredSetting.only))
    }
    if m.name == "torch.utils.hooks" { m.set("RemovableHandle", .object(HookHandle.type)) }
    if m.name == "torch.types" { m.set("Device", .object(DeviceObject.type)) }
    if m.name == "torch.nn.parameter" {
      m.set("UninitializedParameter", .object(TensorClass.uninitialized))
    }
  }
}

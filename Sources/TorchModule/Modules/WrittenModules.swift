/// Modules of `torch` that are written in the language itself, by their paths: where speed does not matter.
enum WrittenModules {
  static let all: [String: String] = ["torch.nn.utils.prune": pruning]
}

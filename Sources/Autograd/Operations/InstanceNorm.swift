import Recordings

/// Normalization of each channel of each sample.
///
/// Source: Ulyanov, Vedaldi, Lempitsky: Instance Normalization (2016).
extension Ops {
  /// As PyTorch composes it: one batch of `samples × channels` channels, each with its copy of the weights.
  ///
  /// - Parameters:
  ///   - x: samples, channels, places.
  ///   - fresh: whether the moments are the input's own; else they are the running ones.
  static func instanceNorm(
    _ x: Tensor, _ runningMean: Tensor?, _ runningVar: Tensor?, _ w: Tensor?, _ b: Tensor?, fresh: Bool,
    momentum: Double, eps: Double
  ) throws -> Tensor {
    if fresh {
      guard x.dim >= 2, x.shape.dropFirst(2).reduce(1, &*) != 1 else {
        throw TorchError.value(
          "Expected more than 1 spatial element when training, got input size \(sizeText(x.shape))")
      }
    }
    guard fresh || (runningMean != nil && runningVar != nil) else {
      throw TorchError.runtime(
        "Expected running_mean and running_var to be defined when use_input_stats is false")
    }
    guard x.dim >= 2 else { throw TorchError.runtime("instance_norm: expected at least 2D input") }
    let (samples, channels) = (x.shape[0], x.shape[1])
    for (t, name) in [(runningMean, "running_mean"), (runningVar, "running_var"), (w, "weight"), (b, "bias")]
    {
      guard let t, t.count &* samples != samples &* channels else { continue }
      throw TorchError.runtime(
        "\(name) should contain \(samples * channels) elements not \(t.count &* samples)", tensors: [x])
    }
    func spread(_ t: Tensor?) throws -> Tensor? { try t.map { try `repeat`($0, [samples]) } }
    let (means, variances) = (try spread(runningMean), try spread(runningVar))
    let rows = try view(contiguous(x), [1, samples &* channels] + x.shape.dropFirst(2))
    let out = try batchNorm(
      rows, means, variances, spread(w), spread(b), training: fresh, momentum: momentum, eps: eps)
    for (running, all) in [(runningMean, means), (runningVar, variances)] {
      guard let running, let all, fresh else { continue }
      let middle = try Context.current.quietly { try mean(view(all, [samples, channels]), dim: [0]) }
      try running.write(by: "instance_norm", Context.current) { try copyElements(from: middle, to: running) }
    }
    return try view(out, x.shape)
  }

  static let instanceNormOperations = [
    Operation(
      "instance_norm(input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-05)",
      [.functional("instance_norm")]
    ) { a in
      .tensor(
        try instanceNorm(
          a.tensor("input"), a.optionalTensor("running_mean"), a.optionalTensor("running_var"),
          a.optionalTensor("weight"), a.optionalTensor("bias"),
          fresh: a.bool("use_input_stats", default: true), momentum: a.double("momentum", default: 0.1),
          eps: a.double("eps", default: 1e-5)))
    }
  ]
}

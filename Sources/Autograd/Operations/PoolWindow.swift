/// The window of a pool: each kernel has words of its own for what it refuses.
extension Ops {
  enum Pool: String { case max, avg }

  static func poolWindow(_ a: Arguments, _ pool: Pool, rank: Int) throws -> Window {
    let name = "\(pool.rawValue)_pool\(rank)d"
    func sizes(_ parameter: String, default fallback: [Int]) throws -> [Int] {
      guard a.has(parameter), a[parameter]?.items?.isEmpty != true else { return fallback }
      let given = try a.ints(parameter)
      guard given.count == 1 || given.count == rank else {
        throw wrongCount(name, pool, rank, parameter, given.count)
      }
      return given.count == 1 ? Array(repeating: given[0], count: rank) : given
    }
    let kernel = try sizes("kernel_size", default: [])
    guard !kernel.isEmpty else { throw wrongCount(name, pool, rank, "kernel_size", 0) }
    let stride = try sizes("stride", default: kernel)
    let padding = try sizes("padding", default: Array(repeating: 0, count: rank))
    let dilation = try sizes("dilation", default: Array(repeating: 1, count: rank))
    if pool == .max, rank == 1 {
      for (values, what) in [(kernel, "kernel_size"), (stride, "stride")] where values[0] <= 0 {
        throw TorchError.runtime("max_pool1d() \(what) must be greater than zero, but got \(values[0])")
      }
      if padding[0] < 0 {
        throw TorchError.runtime("max_pool1d() padding must be non-negative, but got \(padding[0])")
      }
      if padding[0] > kernel[0] / 2 {
        throw TorchError.runtime(
          "max_pool1d() padding should be at most half of kernel size, but got padding=\(padding[0]) and kernel_size="
            + "\(kernel[0])")
      }
      if dilation[0] <= 0 {
        throw TorchError.runtime("max_pool1d() dilation must be greater than zero, but got \(dilation[0])")
      }
    } else {
      try checkPositive(kernel, stride, padding, dilation)
    }
    func wide(_ values: [Int], _ first: Int) -> [Int] { rank == 1 ? [first] + values : values }
    return Window(
      kernel: wide(kernel, 1), stride: wide(stride, 1), padding: wide(padding, 0),
      dilation: wide(dilation, 1), groups: 1)
  }

  private static func checkPositive(
    _ kernel: [Int], _ stride: [Int], _ padding: [Int], _ dilation: [Int]
  ) throws {
    func pair(_ values: [Int], _ name: String) -> String {
      "\(name)H: \(values.first ?? 0) \(name)W: \(values.last ?? 0)"
    }
    if stride.contains(0) { throw TorchError.runtime("stride should not be zero") }
    if kernel.contains(where: { $0 <= 0 }) {
      throw TorchError.runtime("kernel size should be greater than zero, but got \(pair(kernel, "k"))")
    }
    if stride.contains(where: { $0 <= 0 }) {
      throw TorchError.runtime("stride should be greater than zero, but got \(pair(stride, "d"))")
    }
    if dilation.contains(where: { $0 <= 0 }) {
      throw TorchError.runtime("dilation should be greater than zero, but got \(pair(dilation, "dilation"))")
    }
    for (p, (k, d)) in zip(padding, zip(kernel, dilation)) {
      if p < 0 { throw TorchError.runtime("pad must be non-negative, but got pad: \(p)") }
      guard p > ((k &- 1) &* d &+ 1) / 2 else { continue }
      throw TorchError.runtime(
        "pad should be at most half of effective kernel size, but got pad=\(p), kernel_size=\(k) and dilation=\(d)"
      )
    }
  }

  private static func wrongCount(
    _ name: String, _ pool: Pool, _ rank: Int, _ parameter: String, _ count: Int
  ) -> TorchError {
    switch (pool, rank) {
    case (.max, 1):
      let none = parameter == "stride" ? "None, " : ""
      let comma = parameter == "stride" || parameter == "padding" ? "," : ""
      return .runtime(
        "max_pool1d() \(parameter) must be \(none)an int, list of ints\(comma) or tuple of ints of size 1 but got size "
          + "\(count)")
    case (.avg, 1):
      return .runtime("avg_pool1d() argument '\(parameter)' should contain one int (got \(count))")
    default:
      let words =
        switch parameter {
        case "stride": "must either be omitted, a single int,"
        case "dilation": "must be either a single int,"
        default: "must either be a single int,"
        }
      return .runtime("\(name): \(parameter) \(words) or a tuple of \(rank == 3 ? "three" : "two") ints")
    }
  }
}

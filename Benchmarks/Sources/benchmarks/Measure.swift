/// The shortest of several runs, in seconds; what comes before each run is not counted.
func best(of runs: Int, before: () -> Void = {}, _ body: () -> Void) -> Double {
  (0..<max(1, runs)).map { _ in
    before()
    return seconds(body)
  }.min() ?? 0
}

/// How long a piece of work takes, in seconds.
func seconds(_ body: () -> Void) -> Double {
  let took = ContinuousClock().measure(body)
  return Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
}

/// Keeps a result from being optimised away.
@inline(never) func sink<T>(_ value: T) { withExtendedLifetime(value) {} }

func rounded(_ value: Double, digits: Int = 1) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}

func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

/// One line of the table: what, how much, the time, and what it means.
func row(_ what: String, _ amount: String, _ time: Double, _ note: String) {
  print(pad(what, 44) + pad(amount, 12) + pad("\(rounded(time * 1e3, digits: 2)) ms", 16) + note)
}

/// Whether two answers say the same: numbers by value, `tensor(…)` and spacing left aside.
///
/// ```swift
/// sameAnswer("tensor([200., 200.])", "[200, 200]")  // true
/// ```
public func sameAnswer(_ a: String, _ b: String) -> Bool {
  let x = answerTokens(a)
  let y = answerTokens(b)
  return !x.isEmpty && x.count == y.count
    && zip(x, y).allSatisfy { p, q in
      guard let u = Double(p), let v = Double(q) else { return p == q }
      // PyTorch prints four digits, and so may the reader.
      return u == v || (u.isNaN && v.isNaN) || abs(u - v) <= 5e-5 * max(abs(u), abs(v))
    }
}

/// Words, numbers and brackets.
private func answerTokens(_ text: String) -> [String] {
  var body = trimmed(text)
  for wrapper in ["torch.Size(", "tensor("] where body.hasPrefix(wrapper) && body.hasSuffix(")") {
    body = String(body.dropFirst(wrapper.count).dropLast())
    if let comma = body.firstRange(of: ", requires_grad") { body = String(body[..<comma.lowerBound]) }
    if let comma = body.firstRange(of: ", grad_fn") { body = String(body[..<comma.lowerBound]) }
  }
  var tokens: [String] = []
  var word = ""
  func flush() {
    if !word.isEmpty { tokens.append(word) }
    word = ""
  }
  for character in body.replacing("−", with: "-") {
    switch character {
    case "[", "]", "(", ")":
      flush()
      tokens.append(String(character))
    case ",", " ", "\t", "\n": flush()
    default: word.append(character)
    }
  }
  flush()
  // `100.` is a number to Python, not to Swift.
  return tokens.map { $0.hasSuffix(".") && Double($0.dropLast()) != nil ? String($0.dropLast()) : $0 }
}

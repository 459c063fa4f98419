/// The words for a call that fits none of an operation's forms.
///
/// `x.sum("a")`: sum() received an invalid combination of arguments - got (str), but expected one of: …
enum Overloads {
  private static let shared =
    ", torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False"

  /// The forms by `torch.NAME` or `Tensor.NAME`; read when the first call fails.
  private static let forms: [String: [Substring]] = {
    var all: [String: [Substring]] = [:]
    for line in text.split(separator: "\n") {
      guard let gap = line.firstIndex(of: " ") else { continue }
      all[String(line[..<gap])] = line[gap...].dropFirst().split(separator: "|").map { form in
        let end = form.lastIndex { $0 != " " }
        let trimmed = end.map { form.drop { $0 == " " }[...$0] } ?? form
        return Substring(trimmed.replacing("…", with: shared))
      }
    }
    return all
  }()

  /// What a form asks for: `Tensor input`, `*`, `Number alpha = 1`.
  private static func parts(_ form: Substring) -> [Substring] {
    form.dropFirst().dropLast().split(separator: ",").map { $0.drop { $0 == " " } }
  }

  private static func typeName(_ a: Argument) -> String {
    func names(_ items: [Argument]) -> String { items.map(\.typeName).joined(separator: ", ") }
    return switch a {
    case .list(let items): "list of [\(names(items))]"
    case .tuple(let items): items.count == 1 ? "tuple of (\(names(items)),)" : "tuple of (\(names(items)))"
    default: a.typeName
    }
  }

  /// The error in PyTorch's words; `nil` where it has one form only, or one that can be meant.
  static func error(
    _ name: String, _ positional: [Argument], _ keywords: [(String, Argument)], isMethod: Bool
  ) -> TorchError? {
    guard let forms = forms["\(isMethod ? "Tensor" : "torch").\(name)"] else { return nil }
    let positional = Array(positional.dropFirst(isMethod ? 1 : 0))
    let count = positional.count + keywords.count
    let plausible = forms.filter { form in
      let all = parts(form).filter { $0 != "*" }
      return count >= all.count { !$0.contains(" = ") } && count <= all.count
    }
    guard plausible.count != 1 else { return nil }
    var got = positional.map { $0.typeName + ", " }.joined()
    got += keywords.map { "\($0.0)=\($0.1.typeName), " }.joined()
    if !positional.isEmpty { got.removeLast(2) }
    // Where PyTorch shows one form it hides an old one beside it.
    if forms.count == 1 {
      if parts(forms[0]).count == count, keywords.isEmpty {
        got = positional.map { "!\($0.typeName)!" }.joined(separator: ", ")
      }
      return .type(
        "\(name)() received an invalid combination of arguments - got (\(got)), but expected \(forms[0])")
    }
    var message =
      "\(name)() received an invalid combination of arguments - got (\(got)), but expected one of:\n"
    for form in forms {
      message += " * \(form)\n"
      let parts = parts(form)
      // An empty form counts as one of one argument.
      guard max(parts.count, 1) == count else { continue }
      let names = parts.map { $0.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
      let unknown = keywords.map(\.0).filter { key in !names.contains(key) }
      if !unknown.isEmpty {
        message += "      didn't match because some of the keywords were incorrect: "
        message += unknown.joined(separator: ", ") + "\n"
        continue
      }
      guard !parts.isEmpty else {
        message += "      didn't match because some of the arguments have invalid types: "
        message += "(\(positional.map { "!\(typeName($0))!" }.joined(separator: ", ")))\n"
        continue
      }
      let shown = parts.indices.map { i -> String in
        let given =
          i < positional.count ? positional[i] : keywords.first { $0.0 == names[i] }?.1 ?? Argument.none
        let label = i < positional.count ? "" : "\(names[i])="
        let fits = parts[i].hasPrefix("\(given.typeName) ") && !parts[i].contains(" = ")
        return label + (fits ? given.typeName : "!\(typeName(given))!")
      }
      message += "      didn't match because some of the arguments have invalid types: "
      message += "(\(shown.joined(separator: ", ")))\n"
    }
    return .type(message)
  }
}

import Synchronization

/// The forms that PyTorch's functions have, and the words for a call that fits none of them.
///
/// `x.sum("a")`: sum() received an invalid combination of arguments - got (str), but expected one of: …
public enum Overloads {
  /// All forms of one function, and older ones that are taken but not told of.
  struct Forms: Sendable {
    let name: String
    var shown: [Form] = []
    var hidden: [Form] = []
    /// Methods without arguments never reach the parser.
    var isBare: Bool { hidden.isEmpty && shown.count == 1 && shown[0].parameters.isEmpty }
  }

  /// The forms of one function, looked up once: a call costs no search for them.
  final class Kept: Sendable {
    private let found = Mutex<Forms??>(nil)
    func forms(_ name: String, _ home: String) -> Forms? {
      found.withLock { found in
        if let known = found { return known }
        let made = Overloads.forms(name, home)
        found = .some(made)
        return made
      }
    }
  }

  private static let shared =
    ", torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False"

  /// The lines of the tables by `torch.NAME`, `Tensor.NAME`, `F.NAME`; each is read when first asked for.
  private static let lines: [Substring: [Substring]] = {
    var all: [Substring: [Substring]] = [:]
    for line in text.split(separator: "\n") {
      guard let gap = line.firstIndex(of: " ") else { continue }
      all[line[..<gap]] = [line[gap...].dropFirst()]
    }
    for line in singleForms.split(separator: "\n") {
      guard let open = line.firstIndex(of: "(") else { continue }
      let isHidden = line[..<open].hasSuffix("~")
      let form = line[(isHidden ? line.index(before: open) : open)...]
      for name in line[..<open].split(separator: " ") where name != "~" {
        if name.contains(".") {
          all[name, default: []].append(form)
        } else {
          all["torch.\(name)", default: []].append(form)
          all["Tensor.\(name)", default: []].append(form)
        }
      }
    }
    return all
  }()
  private static let read = Mutex<[String: Forms?]>([:])

  /// The forms of a function; `nil` where its arguments are none of the parser's business.
  static func forms(_ name: String, _ home: String) -> Forms? {
    let key = home + name
    return read.withLock { known in
      if let found = known[key] { return found }
      let made = lines[Substring(key)].map { lines in
        var forms = Forms(name: spoken[key] ?? name)
        for form in lines.flatMap({ $0.split(separator: "|") }) {
          let end = form.lastIndex { $0 != " " }
          let trimmed = end.map { form.drop { $0 == " " }[...$0] } ?? form
          let isHidden = trimmed.hasPrefix("~")
          let full = Substring(trimmed.drop { $0 == "~" }.replacing("…", with: shared))
          let written = Form(home == "Tensor." ? method(full) : full, allDims: allDims.contains(name))
          if isHidden { forms.hidden.append(written) } else { forms.shown.append(written) }
        }
        return forms
      }
      known[key] = made
      return made
    }
  }
  /// Functions that PyTorch's parser knows by another name.
  private static let spoken = ["F.logsigmoid": "log_sigmoid"]

  /// The method's form of a function's: without the tensor it is called on, and without `out`.
  private static func method(_ form: Substring) -> Substring {
    var parts = Form.parts(form)
    if let first = parts.firstIndex(of: "Tensor input") {
      parts.remove(at: first)
      parts.removeAll { $0.hasSuffix(" out = None") }
      if parts.last == "*" { parts.removeLast() }
    }
    return Substring("(\(parts.joined(separator: ", ")))")
  }

  /// Reductions that take `dim=None`.
  private static let allDims: Set = ["sum", "mean", "var", "std", "var_mean", "std_mean"]

  /// Functions whose tensors may be plain numbers.
  private static let arithmetic: Set = [
    "add", "add_", "sub", "sub_", "mul", "mul_", "div", "div_", "divide", "divide_", "multiply", "multiply_",
    "subtract", "subtract_", "true_divide", "true_divide_", "floor_divide", "floor_divide_",
    "copy_",
  ]

  /// Checks what `torch.Tensor(…)` is made of.
  public static func checkConstructor(_ positional: [Argument], _ keywords: [(String, Argument)]) throws {
    guard let forms = forms("new", "class.") else { return }
    _ = try check(forms, positional, keywords)
  }

  /// Says, once, that a call has the order of arguments that PyTorch had before 1.5.
  static func warn(of old: Form, _ forms: Forms) {
    let context = Context.current
    guard !context.hasWarnedOfOldForm else { return }
    context.hasWarnedOfOldForm = true
    context.warnHere(
      "UserWarning",
      "This overload of \(forms.name) is deprecated:\n\t\(forms.name)\(old.text)\nConsider using one of the following "
        + "signatures instead:" + forms.shown.map { "\n\t\(forms.name)\($0.text)" }.joined())
  }

  /// Checks a call against the forms. Throws PyTorch's error where none fits.
  ///
  /// - Returns: the older form that was meant, if it was one.
  static func check(
    _ forms: Forms, _ positional: [Argument], _ keywords: [(String, Argument)]
  ) throws -> Form? {
    let numbers = arithmetic.contains(forms.name)
    func problem(_ form: Form) throws -> Form.Problem? {
      let found = form.problem(positional, keywords, numbersAreTensors: numbers)
      if case .refused(let error)? = found { throw error }
      return found
    }
    if forms.isBare { return nil }
    for form in forms.shown where try problem(form) == nil { return nil }
    for form in forms.hidden where try problem(form) == nil { return form }
    if forms.shown.count == 1, forms.hidden.isEmpty, let only = forms.shown.first,
      let problem = try problem(only)
    {
      throw only.error(problem, forms.name, positional, keywords)
    }
    let count = positional.count + keywords.count
    let plausible = forms.shown.filter { $0.isPlausible(count) }
    if plausible.count == 1, let only = plausible.first, let problem = try problem(only) {
      throw only.error(problem, forms.name, positional, keywords)
    }
    throw misfit(forms, positional, keywords)
  }

  private static func typeName(_ a: Argument) -> String {
    func names(_ items: [Argument]) -> String { items.map(\.typeName).joined(separator: ", ") }
    return switch a {
    case .list(let items): "list of [\(names(items))]"
    case .tuple(let items): items.count == 1 ? "tuple of (\(names(items)),)" : "tuple of (\(names(items)))"
    default: a.typeName
    }
  }

  /// The list of forms, each with what does not fit.
  private static func misfit(
    _ all: Forms, _ positional: [Argument], _ keywords: [(String, Argument)]
  ) -> TorchError {
    let (name, forms) = (all.name, all.shown.map(\.text))
    // Names come out of PyTorch's table last in, first out.
    let keywords = Array(keywords.reversed())
    let count = positional.count + keywords.count
    var got = positional.map { $0.typeName + ", " }.joined()
    got += keywords.map { "\($0.0)=\($0.1.typeName), " }.joined()
    if !positional.isEmpty { got.removeLast(2) }
    // Where PyTorch shows one form it hides an old one beside it.
    if forms.count == 1 {
      if Form.parts(forms[0]).count == count, keywords.isEmpty {
        got = positional.map { "!\($0.typeName)!" }.joined(separator: ", ")
      }
      return .type(
        "\(name)() received an invalid combination of arguments - got (\(got)), but expected \(forms[0])")
    }
    var message =
      "\(name)() received an invalid combination of arguments - got (\(got)), but expected one of:\n"
    for form in forms {
      message += " * \(form)\n"
      let parts = Form.parts(form)
      // An empty form counts as one of one argument.
      guard max(parts.count, 1) == count else { continue }
      // PyTorch takes the last word for the name, be it a default.
      let names = parts.map { $0.split(separator: " ").last.map(String.init) ?? "" }
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
        return fits ? label + given.typeName : "!\(label)\(typeName(given))!"
      }
      message += "      didn't match because some of the arguments have invalid types: "
      message += "(\(shown.joined(separator: ", ")))\n"
    }
    return .type(message)
  }
}

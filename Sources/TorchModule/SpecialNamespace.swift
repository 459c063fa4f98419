import Autograd
import MiniPython

/// `torch.special`: names of its own for functions that `torch` has.
enum SpecialNamespace {
  private static let names = [
    ("digamma", "digamma"), ("psi", "digamma"), ("erf", "erf"), ("erfc", "erfc"), ("erfinv", "erfinv"),
    ("exp2", "exp2"), ("expit", "sigmoid"), ("expm1", "expm1"), ("gammaln", "lgamma"), ("i0", "i0"),
    ("log1p", "log1p"), ("log_softmax", "log_softmax"), ("logit", "logit"), ("logsumexp", "logsumexp"),
    ("polygamma", "polygamma"), ("round", "round"), ("sinc", "sinc"), ("softmax", "softmax"),
    ("xlogy", "xlogy"),
  ]

  static func fill(_ m: ModuleObject) {
    for (name, plain) in names {
      guard let op = OperationCatalogue[.torch(plain)] else { continue }
      m.function(name) { a, i in try Convert.call(op, a, isMethod: false, i) }
    }
  }
}

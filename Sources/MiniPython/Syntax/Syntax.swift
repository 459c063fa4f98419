internal import BigInt

/// An expression with its place.
final class Expression {
  indirect enum Kind {
    case none, `true`, `false`, ellipsis
    case integer(Int)
    case bigInteger(BigInt)
    case float(Double)
    case imaginary(Double)
    case bytes([UInt8])
    case string(String)
    case joined([JoinedPart])
    case name(String)
    case attribute(Expression, String)
    case subscripted(Expression, Expression)
    case slice(Expression?, Expression?, Expression?)
    case call(Expression, [CallArgument])
    case unary(String, Expression)
    case binary(String, Expression, Expression)
    case boolean(isAnd: Bool, [Expression])
    case compare(Expression, [(op: String, right: Expression)])
    case conditional(test: Expression, then: Expression, otherwise: Expression)
    case lambda(Parameters, Expression)
    case tuple([Expression])
    case list([Expression])
    case set([Expression])
    case dictionary([(key: Expression?, value: Expression)])
    case comprehension(Comprehension)
    case starred(Expression)
    case walrus(String, Expression)
    case yield(Expression?)
    case yieldFrom(Expression)
  }
  let kind: Kind
  let span: Span
  /// Written in parentheses: `(a, b)`, `(yield)`.
  var isParenthesized = false
  /// How deep the tree below is: compiling and freeing recurse that far.
  let depth: Int

  /// A number as written, with its sign.
  var isSignedNumber: Bool {
    switch kind {
    case .integer, .bigInteger, .float, .imaginary: true
    case .unary("-", let inner): inner.isSignedNumber
    default: false
    }
  }

  init(_ kind: Kind, _ span: Span, depth: Int = 0) {
    self.kind = kind
    self.span = span
    self.depth = depth
  }
}

struct JoinedPart {
  enum Kind {
    case text(String)
    case field(Expression, conversion: Character?, format: [JoinedPart])
  }
  var kind: Kind
}

struct CallArgument {
  enum Kind {
    case positional
    case keyword(String)
    case star, doubleStar
  }
  var kind: Kind
  var value: Expression
}

struct Comprehension {
  enum Kind { case list, set, dictionary, generator }
  struct Clause {
    var target: Expression
    var iterable: Expression
    var conditions: [Expression]
  }
  var kind: Kind
  var element: Expression
  /// For dictionaries: `element` is the key.
  var value: Expression?
  var clauses: [Clause]
}

struct Parameters {
  struct Parameter {
    var name: String
    var defaultValue: Expression?
    var annotation: Expression?
    var span: Span
  }
  var positionalOnly = 0
  var positional: [Parameter] = []
  var star: Parameter?
  var keywordOnly: [Parameter] = []
  var doubleStar: Parameter?

  /// The hints of all parameters, in CPython's order.
  var hints: [(name: String, hint: Expression)] {
    (positional + [star].compactMap { $0 } + keywordOnly + [doubleStar].compactMap { $0 }).compactMap { p in
      p.annotation.map { (p.name, $0) }
    }
  }
}

/// A statement with its place.
final class StatementNode {
  indirect enum Kind {
    case expression(Expression)
    case assign([Expression], Expression)
    case augmented(Expression, String, Expression)
    case annotated(Expression, Expression, Expression?)
    case delete([Expression])
    case pass, `break`, `continue`
    case `return`(Expression?)
    case global([String])
    case nonlocal([String])
    case assert(Expression, Expression?)
    case raise(Expression?, Expression?)
    case `import`([(module: String, alias: String?)])
    case importFrom(module: String, [(name: String, alias: String?)])
    case `if`([(test: Expression, body: [StatementNode])], otherwise: [StatementNode])
    case `while`(Expression, [StatementNode], otherwise: [StatementNode])
    case `for`(Expression, Expression, [StatementNode], otherwise: [StatementNode])
    case with([(context: Expression, target: Expression?)], [StatementNode])
    case `try`([StatementNode], [Handler], otherwise: [StatementNode], finally: [StatementNode])
    case match(Expression, [MatchCase])
    case function(FunctionNode)
    case `class`(ClassNode)
  }
  let kind: Kind
  let span: Span
  init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }
}

struct Handler {
  var type: Expression?
  var name: String?
  var body: [StatementNode]
  var span: Span
  /// `except*`
  var isGroup = false
}

final class FunctionNode {
  let name: String
  let parameters: Parameters
  let body: [StatementNode]
  let decorators: [Expression]
  /// The hint behind the arrow.
  let returns: Expression?
  init(
    name: String, parameters: Parameters, body: [StatementNode], decorators: [Expression],
    returns: Expression?
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.decorators = decorators
    self.returns = returns
  }
}

final class ClassNode {
  let name: String
  let bases: [CallArgument]
  let body: [StatementNode]
  let decorators: [Expression]
  init(name: String, bases: [CallArgument], body: [StatementNode], decorators: [Expression]) {
    self.name = name
    self.bases = bases
    self.body = body
    self.decorators = decorators
  }
}

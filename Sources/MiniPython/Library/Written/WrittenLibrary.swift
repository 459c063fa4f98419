/// A module of a library that is itself written in the language.
public struct WrittenModule: Sendable {
  public let name: String
  public let source: String
  /// Names with an underscore that programs use all the same.
  let shared: Set<String>

  /// - Parameters:
  ///   - name: the path that programs import, as `torch.distributions`.
  ///   - source: its text. Names that begin with an underscore are its own.
  ///   - shared: those of them that are not.
  public init(name: String, source: String, shared: Set<String> = []) {
    (self.name, self.source, self.shared) = (name, source, shared)
  }

  /// What CPython has in C names its classes with their module in messages: `datetime.date`.
  var isNative: Bool { ["datetime", "decimal"].contains(name) }
}

/// The modules written in the language: read and compiled when a program first imports them.
///
/// Their frames stand in no traceback, and the recorder sees none of their names; their global variables are the
/// program's, under names of their own. A name that begins with an underscore is the module's alone.
enum WrittenLibrary {
  static let all: [WrittenModule] = [
    abstractCollections, userCollections, normalDistribution, mappingProxy, base64, calendar, cmath,
    commaSeparated, dates, decimal, nameMatching, fractions, collector, glob, hashlib, inspect,
    streams, keyword, logging, pathlib, pickle, platform, prettyPrinting, queue, shutil, structures, tempfile,
    threading, timeit, traceback, weakref, atexit, difflib, formatter, futures, textWrapper,
    graphSorting, arrays, errorNumbers, html, importing, secrets, uuid, checksums, unittest,
    contextVariables, copyRegistry, documentTests, importUtilities, importMetadata, shortTexts, shellWords,
    memoryTracing,
  ]

  static var names: [String] { all.map(\.name) }

  /// The module of this name; `nil` where there is none.
  static func make(_ name: String, _ i: Interpreter) throws -> Value? {
    try all.first { $0.name == name }.map { try make($0, i) }
  }

  static func make(_ module: WrittenModule, _ i: Interpreter) throws -> Value {
    let name = module.name
    let names = GlobalNames(library: name, within: i.globalNames)
    let code: Code
    do {
      code = try Compiler.program(try Parser.program(Array(module.source.utf8)).body, globals: names)
    } catch let problem as SyntaxProblem {
      throw Raise.named("SystemError", "\(name), line \(problem.span.line): \(problem.message)")
    }
    i.bind("\(name).__name__", .string(name))
    i.grow()
    _ = try i.execute(Frame(code))
    let made = ModuleObject(name)
    for own in names.names where !own.hasPrefix("_") || module.shared.contains(own) {
      let value = i.globals[i.globalNames.slot("\(name).\(own)")]
      if case .unassigned = value { continue }
      if module.isNative { (value.object as? ClassObject)?.shownWithModule = true }
      made.set(own, value)
    }
    return .object(made)
  }
}

extension Interpreter {
  /// A module that is written in the language, run for this program. Read and compiled at each call.
  public func module(_ written: WrittenModule) throws -> Value { try WrittenLibrary.make(written, self) }
}

/// The files of a program: its own memory, which ends with the run. Nothing is read from the disk, nothing written to it.
public final class MemoryFiles {
  /// Contents by whole path.
  private var contents: [String: [UInt8]] = [:]
  private var folders: Set<String> = ["/", "/tmp", MemoryFiles.home]
  /// What hosts saved whole, by the mark that stands in the file.
  private var saved: [Value] = []
  private static let mark = Array("PK\u{3}\u{4}backstep".utf8)
  /// Why a file of the machine is not there.
  static let refusal =
    "the files of this machine are out of a program's reach: it finds only what it wrote itself, which lies in memory "
    + "and ends with the run"
  /// Where relative paths begin.
  static let home = "/program"

  /// The whole path, without `.` and `..`.
  static func whole(_ path: String) -> String {
    var names: [Substring] = []
    for name in (path.hasPrefix("/") ? path : "\(home)/\(path)").split(separator: "/") where name != "." {
      if name == ".." { _ = names.popLast() } else { names.append(name) }
    }
    return "/" + names.joined(separator: "/")
  }
  private static func parent(_ whole: String) -> String {
    let names = whole.split(separator: "/").dropLast()
    return "/" + names.joined(separator: "/")
  }

  public func read(_ path: String) -> [UInt8]? { contents[MemoryFiles.whole(path)] }
  public func write(_ path: String, _ bytes: [UInt8]) { contents[MemoryFiles.whole(path)] = bytes }
  func isFolder(_ path: String) -> Bool { folders.contains(MemoryFiles.whole(path)) }
  public func hasParent(_ path: String) -> Bool {
    folders.contains(MemoryFiles.parent(MemoryFiles.whole(path)))
  }
  func makeFolder(_ path: String) { folders.insert(MemoryFiles.whole(path)) }
  func remove(_ path: String) -> Bool { contents.removeValue(forKey: MemoryFiles.whole(path)) != nil }
  func removeFolder(_ path: String) { folders.remove(MemoryFiles.whole(path)) }

  /// The names in a folder, sorted.
  func names(in path: String) -> [String] {
    let whole = MemoryFiles.whole(path)
    return (Array(contents.keys) + folders).filter { $0 != "/" && MemoryFiles.parent($0) == whole }
      .map { String($0.split(separator: "/").last ?? "") }.sorted()
  }

  func rename(_ from: String, _ to: String) -> Bool {
    guard let bytes = contents.removeValue(forKey: MemoryFiles.whole(from)) else { return false }
    write(to, bytes)
    return true
  }

  /// Keeps a value, and gives the bytes that stand for it in a file.
  public func keep(_ value: Value) -> [UInt8] {
    saved.append(value)
    return MemoryFiles.mark + Array("\(saved.count - 1)".utf8)
  }
  public func save(_ value: Value, as path: String) { write(path, keep(value)) }

  /// The value that these bytes stand for.
  public func kept(_ bytes: [UInt8]) -> Value? {
    guard bytes.starts(with: MemoryFiles.mark),
      let k = Int(String(decoding: bytes.dropFirst(MemoryFiles.mark.count), as: UTF8.self)),
      saved.indices.contains(k)
    else { return nil }
    return saved[k]
  }
}

extension Interpreter {
  /// A path as functions take it: a text, or what has `__fspath__`.
  public func path(_ value: Value) throws -> String {
    if let text = value.object as? StringObject { return text.value }
    if let made = try callMethod(value, "__fspath__") { return try str(made) }
    throw Raise.type("expected str, bytes or os.PathLike object, not \(typeName(value))")
  }

  /// `[Errno 2] No such file or directory: 'x'`.
  public func missingFile(_ path: String) -> Raise { fileProblem(2, "No such file or directory", path) }

  func fileProblem(_ number: Int, _ text: String, _ path: String) -> Raise {
    let arguments: [Value] = [.int(number), .string(text), .string(path)]
    return Raise(Exceptions.make(Interpreter.systemError(arguments) ?? Exceptions.type("OSError"), arguments))
  }
}

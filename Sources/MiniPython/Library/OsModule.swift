/// `os` and `os.path`: over the program's own files in memory.
enum OsModule {
  static func fill(_ m: ModuleObject, _ i: Interpreter) {
    m.set("name", .string("posix"))
    m.set("sep", .string("/"))
    m.set("linesep", .string("\n"))
    m.set("pathsep", .string(":"))
    m.set("curdir", .string("."))
    m.set("pardir", .string(".."))
    m.set("extsep", .string("."))
    m.set("devnull", .string("/dev/null"))
    m.set("environ", .object(DictObject()))
    m.set("error", .object(Exceptions.type("OSError")))
    m.set("PathLike", .object(ClassObject("PathLike", module: "os")))
    m.function("getenv") { a, i in
      let p = try a.bind("getenv", "key", "default?")
      let environment =
        (i.loadedModules["os"]?.object as? ModuleObject)?.members["environ"]?.object as? DictObject
      return try environment?.get(p[0] ?? .none, i) ?? p[1] ?? .none
    }
    m.function("getpid") { _, _ in .int(1) }
    m.function("cpu_count") { _, _ in .int(1) }
    m.function("getcwd") { _, _ in .string(MemoryFiles.home) }
    m.function("urandom") { a, i in
      let count = try i.index(try a.positionalOnly("urandom", 1...1)[0]) ?? 0
      guard count >= 0 else { throw Raise.value("negative argument not allowed") }
      guard count <= i.limits.elements else { throw Raise.named("MemoryError", "") }
      return .object(BytesObject([UInt8](repeating: 0, count: count)))
    }
    m.function("fspath") { a, i in .string(try i.path(try a.positionalOnly("fspath", 1...1)[0])) }
    for refused in ["system", "popen", "fork", "execv", "kill", "chdir"] {
      m.function(refused) { _, _ in
        throw Raise.named(
          "PermissionError",
          "os.\(refused) is not available here: a program touches neither disk nor processes")
      }
    }
    files(m)
    m.set("path", .object(path()))
  }

  private static func files(_ m: ModuleObject) {
    func one(_ a: Arguments, _ name: String, _ i: Interpreter) throws -> String {
      try i.path(a.positional.first ?? a.keyword("path") ?? .string("."))
    }
    m.function("listdir") { a, i in
      let path = try one(a, "listdir", i)
      guard i.files.isFolder(path) else { throw i.missingFile(path) }
      return .list(i.files.names(in: path).map(Value.string))
    }
    m.function("mkdir") { a, i in
      let path = try one(a, "mkdir", i)
      if i.files.isFolder(path) || i.files.read(path) != nil { throw i.fileProblem(17, "File exists", path) }
      guard i.files.hasParent(path) else { throw i.missingFile(path) }
      i.files.makeFolder(path)
      return .none
    }
    m.function("makedirs") { a, i in
      let p = try a.bind("makedirs", "name", "mode?", "exist_ok?")
      let path = try i.path(p[0] ?? .none)
      if i.files.isFolder(path), try !(p[2].map(i.isTrue) ?? false) {
        throw i.fileProblem(17, "File exists", path)
      }
      var whole = ""
      for name in MemoryFiles.whole(path).split(separator: "/") {
        whole += "/" + name
        i.files.makeFolder(whole)
      }
      return .none
    }
    for name in ["remove", "unlink"] {
      m.function(name) { a, i in
        let path = try one(a, name, i)
        if i.files.isFolder(path) { throw i.fileProblem(21, "Is a directory", path) }
        guard i.files.remove(path) else { throw i.missingFile(path) }
        return .none
      }
    }
    m.function("rmdir") { a, i in
      let path = try one(a, "rmdir", i)
      guard i.files.isFolder(path) else { throw i.missingFile(path) }
      guard i.files.names(in: path).isEmpty else { throw i.fileProblem(39, "Directory not empty", path) }
      i.files.removeFolder(path)
      return .none
    }
    for name in ["rename", "replace"] {
      m.function(name) { a, i in
        let p = try a.bind(name, "src", "dst")
        let (from, to) = (try i.path(p[0] ?? .none), try i.path(p[1] ?? .none))
        guard i.files.rename(from, to) else {
          let arguments: [Value] = [.int(2), .string("No such file or directory"), .string(from)]
          throw Raise(Exceptions.make(Exceptions.type("FileNotFoundError"), arguments))
        }
        return .none
      }
    }
    m.function("walk") { a, i in
      var (out, left): ([Value], [String]) = ([], [try one(a, "walk", i)])
      while !left.isEmpty {
        let top = left.removeFirst()
        guard i.files.isFolder(top) else { continue }
        let names = i.files.names(in: top)
        let folders = names.filter { i.files.isFolder("\(top)/\($0)") }
        out.append(
          .tuple([
            .string(top), .list(folders.map(Value.string)),
            .list(names.filter { !folders.contains($0) }.map(Value.string)),
          ]))
        left = folders.map { top.hasSuffix("/") ? top + $0 : "\(top)/\($0)" } + left
      }
      return .object(ClosureIterator(over: out))
    }
  }

  private static func path() -> ModuleObject {
    let m = ModuleObject("posixpath")
    func text(_ name: String, _ body: @escaping (String, Interpreter) throws -> Value) {
      m.function(name) { a, i in try body(i.path(try a.positionalOnly(name, 1...1)[0]), i) }
    }
    m.set("sep", .string("/"))
    m.function("join") { a, i in
      var out = ""
      for part in try a.positional.map(i.path) {
        out = part.hasPrefix("/") || out.isEmpty ? part : out.hasSuffix("/") ? out + part : out + "/" + part
      }
      return .string(out)
    }
    func halves(_ path: String) -> (String, String) {
      guard let slash = path.lastIndex(of: "/") else { return ("", path) }
      let head = path[...slash]
      let isRoot = head.allSatisfy { $0 == "/" }
      let shown = isRoot ? String(head) : String(head.reversed().drop { $0 == "/" }.reversed())
      return (shown, String(path[path.index(after: slash)...]))
    }
    text("basename") { path, _ in .string(halves(path).1) }
    text("dirname") { path, _ in .string(halves(path).0) }
    text("split") { path, _ in .tuple([.string(halves(path).0), .string(halves(path).1)]) }
    text("splitext") { path, _ in
      let name = halves(path).1
      guard let dot = name.lastIndex(of: "."), name[..<dot].contains(where: { $0 != "." }) else {
        return .tuple([.string(path), .string("")])
      }
      let end = String(name[dot...])
      return .tuple([.string(String(path.dropLast(end.count))), .string(end)])
    }
    text("exists") { path, i in .bool(i.files.read(path) != nil || i.files.isFolder(path)) }
    text("isfile") { path, i in .bool(i.files.read(path) != nil) }
    text("isdir") { path, i in .bool(i.files.isFolder(path)) }
    text("islink") { _, _ in .bool(false) }
    text("getsize") { path, i in
      guard let bytes = i.files.read(path) else { throw i.missingFile(path) }
      return .int(bytes.count)
    }
    text("getmtime") { path, i in
      guard i.files.read(path) != nil else { throw i.missingFile(path) }
      return .float(0)
    }
    text("isabs") { path, _ in .bool(path.hasPrefix("/")) }
    for name in ["abspath", "realpath"] { text(name) { path, _ in .string(MemoryFiles.whole(path)) } }
    for name in ["expanduser", "expandvars", "normcase"] { text(name) { path, _ in .string(path) } }
    for name in ["getctime", "getatime"] {
      text(name) { path, i in
        guard i.files.read(path) != nil else { throw i.missingFile(path) }
        return .float(0)
      }
    }
    text("lexists") { path, i in .bool(i.files.read(path) != nil || i.files.isFolder(path)) }
    text("ismount") { path, _ in .bool(path == "/") }
    text("splitdrive") { path, _ in .tuple([.string(""), .string(path)]) }
    m.function("samefile") { a, i in
      let p = try a.positionalOnly("samefile", 2...2).map(i.path)
      return .bool(MemoryFiles.whole(p[0]) == MemoryFiles.whole(p[1]))
    }
    m.function("relpath") { a, i in
      let p = try a.bindWritten("relpath", "path", "start?")
      let path = try i.path(p[0] ?? .none)
      guard !path.isEmpty else { throw Raise.value("no path specified") }
      let whole = MemoryFiles.whole(path).split(separator: "/")
      let start = try MemoryFiles.whole(p[1].map { $0.isGiven ? try i.path($0) : "." } ?? ".").split(
        separator: "/")
      let shared = zip(start, whole).prefix { $0 == $1 }.count
      let names =
        Array(repeating: "..", count: start.count - shared) + whole.dropFirst(shared).map(String.init)
      return .string(names.isEmpty ? "." : names.joined(separator: "/"))
    }
    m.function("commonprefix") { a, i in
      let all = try i.array(try a.positionalOnly("commonprefix", 1...1)[0]).map {
        try StringMethods.argument($0, i)
      }
      guard var shared = all.first else { return .string("") }
      for text in all { shared = zip(shared, text).prefix { $0 == $1 }.map(\.0) }
      return .string(String(String.UnicodeScalarView(shared)))
    }
    m.function("commonpath") { a, i in
      let all = try i.array(try a.positionalOnly("commonpath", 1...1)[0]).map(i.path)
      guard let first = all.first else { throw Raise.value("commonpath() arg is an empty sequence") }
      let isRooted = first.hasPrefix("/")
      guard all.allSatisfy({ $0.hasPrefix("/") == isRooted }) else {
        throw Raise.value("Can't mix absolute and relative paths")
      }
      let parts = all.map { $0.split(separator: "/").filter { $0 != "." } }
      let shared = parts.dropFirst().reduce(parts[0]) { zip($0, $1).prefix { $0 == $1 }.map(\.0) }
      return .string((isRooted ? "/" : "") + shared.joined(separator: "/"))
    }
    text("normpath") { path, _ in
      var names: [Substring] = []
      for name in path.split(separator: "/") where name != "." {
        if name == "..", let last = names.last, last != ".." {
          names.removeLast()
        } else if name != ".." || !path.hasPrefix("/") {
          names.append(name)
        }
      }
      let joined = (path.hasPrefix("/") ? "/" : "") + names.joined(separator: "/")
      return .string(joined.isEmpty ? "." : joined)
    }
    return m
  }
}

import Foundation

/// One speed that Backstep promises: work that both do in one run, and how their times must compare.
struct Contest: Sendable {
  enum Ours: Sendable {
    /// The same program, run by `backstep run`.
    case program
    /// Swift code that does the work so often, and says how long it took.
    case core(@Sendable (Int) throws -> Double)
  }
  var name: String
  /// What Python runs; `REPEATS` stands for how often. With none it is run, too, and that time is taken off: imports
  /// and preparation do not count.
  var program: String
  var count: Int
  /// Their time divided by ours must be at least this.
  var goal: Double
  var needsTorch = true
  var ours = Ours.program
}

/// A Python that waits for programs, runs them and tells their times: it starts and imports once.
final class PythonOpponent {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let folder: URL
  private var pending = Data()
  private(set) var hasTorch = false
  private(set) var version = ""

  /// `nil` where there is no such Python.
  init?(path: String, folder: URL) {
    self.folder = folder
    let script = folder.appendingPathComponent("opponent.py")
    guard (try? Self.harness.write(to: script, atomically: true, encoding: .utf8)) != nil else { return nil }
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = [script.path]
    process.standardInput = input
    process.standardOutput = output
    guard (try? process.run()) != nil, let hello = readLine() else { return nil }
    let words = hello.split(separator: " ").map(String.init)
    version = words.joined(separator: ", ")
    hasTorch = words.count > 1
  }

  func stop() { try? input.fileHandleForWriting.close() }

  /// The seconds a program takes; `nil` where it failed.
  func time(_ program: String) -> Double? {
    let file = folder.appendingPathComponent("program.py")
    guard (try? program.write(to: file, atomically: true, encoding: .utf8)) != nil else { return nil }
    input.fileHandleForWriting.write(Data("\(file.path)\n".utf8))
    return readLine().flatMap(Double.init)
  }

  private func readLine() -> String? {
    while true {
      if let end = pending.firstIndex(of: 10) {
        let line = String(decoding: pending[pending.startIndex..<end], as: UTF8.self)
        pending = Data(pending[pending.index(after: end)...])
        return line
      }
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      pending.append(more)
    }
  }

  private static let harness = """
    import contextlib, io, platform, sys, time
    versions = ["CPython-" + platform.python_version()]
    try:
        import torch
        torch.set_num_threads(1)
        versions.append("PyTorch-" + torch.__version__)
    except ImportError:
        pass
    print(*versions, flush=True)
    for path in sys.stdin:
        path = path.strip()
        try:
            code = compile(open(path).read(), path, "exec")
            scope = {"__name__": "__main__"}
            with contextlib.redirect_stdout(io.StringIO()):
                start = time.perf_counter()
                exec(code, scope)
                took = time.perf_counter() - start
            print(took, flush=True)
        except Exception as error:
            print("failed:", error, file=sys.stderr)
            print("failed", flush=True)
    """
}

extension Contest {
  fileprivate func with(_ repeats: Int) -> String {
    program.replacingOccurrences(of: "REPEATS", with: "\(repeats)")
  }
}

/// What the rounds of a contest took: with no repetition, and with all.
private struct Times {
  var none: [Double?] = []
  var all: [Double?] = []
  /// The shortest time for all repetitions without the shortest for none; `nil` where a run failed.
  var difference: Double? {
    guard !none.contains(nil), !all.contains(nil), let nothing = none.compactMap(\.self).min(),
      let everything = all.compactMap(\.self).min(), everything > nothing
    else { return nil }
    return everything - nothing
  }
}

/// Runs all contests, ours and theirs in turn, and prints the ratios.
enum Contests {
  static func run(command: String, python: String?, only: String?, rounds: Int = 5) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("backstep-contests-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard let python else {
      return print(
        "ratios against CPython and PyTorch are left out: name a Python 3.11 with --python or BACKSTEP_PYTHON"
      )
    }
    guard let opponent = PythonOpponent(path: python, folder: folder) else {
      return print("ratios are left out: \(python) did not start")
    }
    defer { opponent.stop() }
    print("\nagainst \(opponent.version), one thread; a ratio is their time divided by ours")
    if !opponent.hasTorch { print("ratios against PyTorch are left out: \(python) has no torch") }
    print(pad("", 52) + pad("ours", 13) + pad("theirs", 13) + pad("ratio", 9) + "goal")
    for contest in Core.contests + Programs.contests where !contest.needsTorch || opponent.hasTorch {
      if let only, !contest.name.contains(only) { continue }
      // In turn, so that what else the machine does meets both.
      let programs = (none: contest.with(0), all: contest.with(contest.count))
      var ours = Times()
      var theirs = Times()
      _ = opponent.time(contest.with(min(contest.count, 3)))  // what Python imports late does not count
      for _ in 0..<rounds {
        if case .core(let body) = contest.ours {
          ours.all.append(try? body(contest.count))
          ours.none.append(0)
        } else {
          ours.none.append(run(programs.none, command, folder))
          ours.all.append(run(programs.all, command, folder))
        }
        theirs.none.append(opponent.time(programs.none))
        theirs.all.append(opponent.time(programs.all))
      }
      guard let a = ours.difference, let b = theirs.difference else {
        print("\(pad(contest.name, 52))failed")
        continue
      }
      let ratio = b / a
      let n = Double(contest.count)
      print(
        pad(contest.name, 52) + pad(each(a / n), 13) + pad(each(b / n), 13)
          + pad(rounded(ratio, digits: 2), 9)
          + "\(ratio >= contest.goal ? "holds" : "MISSED"): at least \(rounded(contest.goal, digits: 2))")
    }
  }

  private static func run(_ program: String, _ command: String, _ folder: URL) -> Double? {
    let file = folder.appendingPathComponent("ours.py")
    guard (try? program.write(to: file, atomically: true, encoding: .utf8)) != nil else { return nil }
    return StartToPicture.launch([command, "run", file.path], isQuiet: true)
  }

  private static func each(_ seconds: Double) -> String {
    seconds >= 1e-3
      ? "\(rounded(seconds * 1e3, digits: 2)) ms"
      : seconds >= 1e-6 ? "\(rounded(seconds * 1e6, digits: 2)) µs" : "\(rounded(seconds * 1e9)) ns"
  }
}

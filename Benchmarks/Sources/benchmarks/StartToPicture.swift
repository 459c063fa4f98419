import Foundation

/// From process start to the SVG of the founding program: ours, torchviz's, and `dot` on our DOT.
///
/// The three take turns in one run, so that a slow moment of the machine hits them alike; the ratio is what
/// counts. torchviz needs a Python with torch and torchviz.
enum StartToPicture {
  static func run(command: String, program: String, python: String?, rounds: Int = 15) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("backstep-benchmark-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let svg = folder.appendingPathComponent("ours.svg").path
    let dot = folder.appendingPathComponent("ours.dot").path

    var contestants: [(name: String, line: [String], rounds: Int)] = [
      ("backstep draw --kind graph", [command, "draw", program, "--kind", "graph", "-o", svg], rounds),
      (
        "backstep draw --kind connection",
        [command, "draw", program, "--kind", "connection", "-o", svg], rounds
      ),
    ]
    _ = launch([command, "draw", program, "--kind", "graph", "--format", "dot", "-o", dot])
    if let path = find("dot") {
      contestants.append(("dot -Tsvg on our DOT", [path, "-Tsvg", dot, "-o", svg], rounds))
    }
    if let python {
      let script = folder.appendingPathComponent("torchviz_draw.py").path
      try? torchviz.write(toFile: script, atomically: true, encoding: .utf8)
      contestants.append(("torchviz (BACKSTEP_PYTHON)", [python, script, folder.path], 3))
    } else {
      print(
        "torchviz is left out: name a Python that has torch and torchviz with --python or BACKSTEP_PYTHON")
    }

    var times = contestants.map { _ in [Double]() }
    for round in 0..<rounds {
      for (i, contestant) in contestants.enumerated() where round < contestant.rounds {
        if let time = launch(contestant.line, isQuiet: true) { times[i].append(time) }
      }
    }
    guard let ours = median(times[0]) else { return print("backstep did not run: \(command)") }
    for (contestant, times) in zip(contestants, times) {
      guard let time = median(times) else {
        print("\(contestant.name): failed")
        continue
      }
      row(contestant.name, "", time, "\(rounded(time / ours)) times ours")
    }
  }

  private static let torchviz = """
    import sys, torch
    from torchviz import make_dot
    x = torch.tensor([1., 2.], requires_grad=True)
    loss = (100 * x).sum()
    make_dot(loss, params={"x": x}).render("torchviz", directory=sys.argv[1], format="svg")
    """

  /// Runs a command to its end; its time in seconds, or `nil` where it failed. `Process` would add the latency
  /// of its own waiting.
  ///
  /// - Parameters:
  ///   - isQuiet: what it prints goes nowhere.
  ///   - untilFirstLine: the time until it has printed something is what counts.
  static func launch(_ line: [String], isQuiet: Bool = false, untilFirstLine: Bool = false) -> Double? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if isQuiet { posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) }
    var ends: [Int32] = [-1, -1]
    if untilFirstLine {
      guard pipe(&ends) == 0 else { return nil }
      posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
      posix_spawn_file_actions_addclose(&actions, ends[0])
    }
    defer { for end in ends where end >= 0 { close(end) } }
    var arguments: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var status: Int32 = -1
    var child: pid_t = 0
    let time = seconds {
      guard posix_spawn(&child, line[0], &actions, nil, &arguments, environ) == 0 else { return }
      if untilFirstLine {
        // Only the child may hold the pipe's other end, or its silence would not end.
        close(ends[1])
        ends[1] = -1
        var byte: UInt8 = 0
        _ = read(ends[0], &byte, 1)
      } else {
        waitpid(child, &status, 0)
      }
    }
    if untilFirstLine, child != 0 { waitpid(child, &status, 0) }
    return status == 0 ? time : nil
  }

  private static func find(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
  }

  static func median(_ times: [Double]) -> Double? {
    times.isEmpty ? nil : times.sorted()[times.count / 2]
  }
}

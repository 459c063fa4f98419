import Foundation

/// From process start to the first line printed, beside a process that prints a line and does nothing else; the goal
/// is 15 ms more.
enum FirstLine {
  static func run(command: String, rounds: Int = 31) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("backstep-first-line-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let plain = folder.appendingPathComponent("plain.py").path
    let torch = folder.appendingPathComponent("torch.py").path
    try? "print(1)\n".write(toFile: plain, atomically: true, encoding: .utf8)
    try? "import torch\nprint(torch.tensor(1.))\n".write(toFile: torch, atomically: true, encoding: .utf8)
    let lines = [["/bin/echo", "1"], [command, "run", plain], [command, "run", torch]]
    var times = lines.map { _ in [Double]() }
    for _ in 0..<rounds {
      for (i, line) in lines.enumerated() {
        if let time = StartToPicture.launch(line, untilFirstLine: true) { times[i].append(time) }
      }
    }
    guard let empty = StartToPicture.median(times[0]) else { return print("/bin/echo did not run") }
    for (name, times) in [("print(1)", times[1]), ("import torch, print a tensor", times[2])] {
      guard let time = StartToPicture.median(times) else {
        print("\(name): failed")
        continue
      }
      let more = (time - empty) * 1e3
      row(
        "start to the first line: \(name)", "", time,
        "\(rounded(more)) ms more than an empty process; \(more < 15 ? "holds" : "MISSED"): under 15")
    }
  }
}

import Backstep

/// A hundred frames of a film as PNG, 1600 × 1000 pixels: drawing, painting and encoding, in memory.
enum Frames {
  static func run(count: Int = 100) {
    do {
      let recorder = Recorder()
      try Context(recorder: recorder).run {
        let x = Tensor([1, 2], requiresGrad: true)
        let loss = (100 * x).sum()
        try loss.backward()
        try SGD([x], lr: 0.001).step()
      }
      let recording = Recording(program: "p.py", source: "", events: recorder.events)
      let renderer = try Renderer()
      for kind in [FigureKind.graph, .connection] {
        var film = FigureFilm(recording: recording, kind: kind, measuring: renderer)
        let last = recording.events.count
        var scene = try film.scene(at: last)
        // The same number of pixels for each kind.
        let scale = (1_600_000 / (scene.size.width * scene.size.height)).squareRoot()
        var bytes = 0
        var failure: (any Error)?
        let time = seconds {
          for k in 0..<count {
            do {
              scene = try film.scene(at: last - k % min(last, 10))
              bytes += try renderer.png(scene, scale: scale).count
            } catch { failure = error }
          }
        }
        if let failure { throw failure }
        row(
          "\(count) frames of \(kind.name) as PNG", "\(bytes / 1000) kB", time,
          "\(rounded(time / Double(count) * 1e3)) ms each, 1.6 megapixels")
      }
    } catch { print("frames: \(error)") }
  }
}

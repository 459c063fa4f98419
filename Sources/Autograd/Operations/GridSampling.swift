import Foundation
import Recordings

/// `affine_grid` and `grid_sample`: images seen through a grid of places, as spatial transformers do.
extension Ops {
  /// The places of a row of pixels between -1 and 1.
  private static func places(_ n: Int, alignsCorners: Bool, _ dtype: DType) throws -> Tensor {
    guard n > 1 else { return try Tensor(zeros: [1], dtype) }
    let all = try linspace(.int(-1), .int(1), n, dtype: dtype)
    return alignsCorners ? all : try mul(all, wrap(.double(Double(n - 1) / Double(n))))
  }

  static func affineGrid(_ theta: Tensor, _ size: [Int], alignsCorners: Bool) throws -> Tensor {
    guard theta.dtype.isFloatingPoint else {
      throw TorchError.value("Expected theta to have floating point type, but got torch.\(theta.dtype)")
    }
    let shown = Modules.text(Modules.tuple(size))
    guard size.count == 4 || size.count == 5 else {
      throw TorchError(
        .notImplemented,
        "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size \(shown)."
      )
    }
    let rank = size.count - 2
    guard theta.dim == 3, theta.shape[1...] == [rank, rank + 1] else {
      throw TorchError.value(
        "Expected a batch of \(rank)D affine matrices of shape Nx\(rank)x\(rank + 1) for size \(shown). Got "
          + "torch.Size(\(listText(theta.shape))).")
    }
    guard size.allSatisfy({ $0 > 0 }) else {
      throw TorchError.value("Expected non-zero, positive output size. Got \(shown)")
    }
    let (n, sides) = (size[0], Array(size.dropFirst(2)))
    let count = sides.reduce(1, *)
    return try composed("affine_grid", "AffineGridGeneratorBackward0", [theta], label: "affine_grid") { t in
      // The last side comes first: x, y, z.
      let axes = try (0..<rank).reversed().map { d in
        let line = (0..<rank).map { $0 == d ? sides[d] : 1 }
        return try expand(
          reshape(places(sides[d], alignsCorners: alignsCorners, theta.dtype), line), sides)
      }
      let ones = try add(mul(axes[0], wrap(.int(0))), wrap(.int(1)))
      let base = try reshape(stack(axes + [ones], rank), [1, count, rank + 1])
      let moved = try bmm(expand(base, [n, count, rank + 1]), transpose(t[0], 1, 2))
      return try reshape(moved, [n] + sides + [rank])
    }
  }

  /// What lies outside the image.
  enum GridPadding: String { case zeros, border, reflection }
  /// How a value between pixels is found.
  enum GridMode: String { case bilinear, nearest, bicubic }

  /// Brings a coordinate into the image, and says how fast it follows: 1, -1 or not at all.
  private static func broughtInside<T: BinaryFloatingPoint>(
    _ x: T, _ size: Int, _ padding: GridPadding, alignsCorners: Bool
  ) -> (place: T, slope: T) {
    guard padding != .zeros else { return (x, 1) }
    var (place, slope) = (x, T(1))
    if padding == .reflection {
      let low: T = alignsCorners ? 0 : -0.5
      let span = T(2 * (alignsCorners ? size - 1 : size))
      let from = x - low
      if span == 0 { return (0, 0) }
      let rest = from.magnitude - (from.magnitude / span).rounded(.towardZero) * span
      place = min(rest, span - rest) + low
      slope = (rest > span - rest) == (from < 0) ? 1 : -1
    }
    let last = T(size - 1)
    if !(place > 0) { return (0, 0) }
    return place < last ? (place, slope) : (last, 0)
  }

  /// The same for all elements of a tensor, with its derivative.
  private static func inside(
    _ t: Tensor, _ size: Int, _ padding: GridPadding, alignsCorners: Bool
  ) throws -> Tensor {
    guard padding != .zeros else { return t }
    let slopes = try Tensor(zeros: t.shape, t.dtype)
    return try Call("grid_padding", [t]) {
      let out = try Tensor(zeros: t.shape, t.dtype)
      let found = t.numbers().map { n -> (Double, Double) in
        if t.dtype == .float64 {
          return broughtInside(n.double, size, padding, alignsCorners: alignsCorners)
        }
        let (x, k) = broughtInside(Float(n.double), size, padding, alignsCorners: alignsCorners)
        return (Double(x), Double(k))
      }
      out.setRaw(found.map { .double($0.0) })
      slopes.setRaw(found.map { .double($0.1) })
      return out
    } derivative: {
      Derivative(
        name: "GridPaddingBackward0", saved: [("slopes", slopes)], label: "inside",
        rule: { p in [try mul(p.grad, p.saved(0))] })
    }.run()
  }

  private static func checkGrid(_ image: Tensor, _ grid: Tensor, _ mode: GridMode) throws {
    guard image.dim > 0, grid.dim > 0, image.shape[0] == grid.shape[0] else {
      throw TorchError.runtime(
        "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
          + "\(listText(image.shape)) and grid with sizes \(listText(grid.shape))")
    }
    guard grid.shape.last == image.dim - 2 else {
      throw TorchError.runtime(
        "grid_sampler(): expected grid to have size \(image.dim - 2) in last dimension, but got grid with sizes "
          + listText(grid.shape))
    }
    if let empty = image.shape.indices.dropFirst(2).first(where: { image.shape[$0] == 0 }) {
      throw TorchError.runtime(
        "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
          + "\(listText(image.shape)) with dimension \(empty) being empty")
    }
    guard (4...5).contains(image.dim), grid.dim == image.dim else {
      throw TorchError.runtime(
        "grid_sampler(): expected \(image.dim == 4 ? 4 : 5)D input and grid with same number of dimensions, but got "
          + "input with sizes \(listText(image.shape)) and grid with sizes \(listText(grid.shape))")
    }
    guard image.dim == 4 || mode != .bicubic else {
      throw TorchError.runtime("grid_sampler(): bicubic interpolation only supports 4D input")
    }
    guard image.dtype.isFloatingPoint else {
      throw TorchError.notImplemented(
        image.dim == 4 ? "grid_sampler_2d_cpu_kernel_impl" : "grid_sampler3d_cpu", image.dtype)
    }
    guard image.dtype == grid.dtype else {
      throw TorchError.runtime(
        "expected scalar type \(image.dtype.scalarName) but found \(grid.dtype.scalarName)")
    }
  }

  /// The image's values at the places of a grid.
  static func gridSample(
    _ image: Tensor, _ grid: Tensor, mode: GridMode, padding: GridPadding, alignsCorners: Bool
  ) throws -> Tensor {
    try checkGrid(image, grid, mode)
    let rank = image.dim - 2
    let (n, c) = (image.shape[0], image.shape[1])
    let sides = Array(image.shape.dropFirst(2))
    let out = Array(grid.shape[1...rank])
    let count = out.reduce(1, *)
    let volume = sides.reduce(1, *)
    let strides = contiguousStrides(sides)
    /// Where a grid's numbers lie among `size` pixels.
    func place(_ t: Tensor, _ size: Int) throws -> Tensor {
      let moved = try add(t, wrap(.int(1)))
      return alignsCorners
        ? try mul(moved, wrap(.double(Double(size - 1) / 2)))
        : try sub(mul(moved, wrap(.double(Double(size) / 2))), wrap(.double(0.5)))
    }
    func constant(_ values: [Double]) throws -> Tensor {
      let made = try Tensor(zeros: [n, count], image.dtype)
      made.setRaw(values.map(Number.double))
      return made
    }
    return try composed(
      "grid_sampler_\(rank)d", "GridSampler\(rank)DBackward0", [image, grid], label: "grid_sample",
      again: "GridSampler\(rank)DBackwardBackward0"
    ) { t in
      let flat = try reshape(t[0], [n, c, volume])
      let places = try reshape(t[1], [n, count, rank])
      /// The pixels at whole places, dimension by dimension; nothing where one of them lies outside.
      func seen(_ at: [[Double]]) throws -> Tensor {
        let (index, mask) = (
          try Tensor(zeros: [n, 1, count], .int64), try Tensor(zeros: [n, 1, count], .bool)
        )
        var (indices, outside): ([Number], [Number]) = ([], [])
        for k in 0..<n * count {
          let isInside = (0..<rank).allSatisfy { at[$0][k] >= 0 && at[$0][k] < Double(sides[$0]) }
          indices.append(
            .int(isInside ? (0..<rank).reduce(0) { $0 + Int(at[$1][k]) * strides[$1] } : 0))
          outside.append(.int(isInside ? 0 : 1))
        }
        index.setRaw(indices)
        mask.setRaw(outside)
        let picked = try gather(flat, 2, expand(index, [n, c, count]))
        return padding == .zeros || mode != .bicubic ? try maskedFill(picked, mask, wrap(.int(0))) : picked
      }
      // A grid names x first, an image has it last.
      let columns = try unbind(places, 2)
      let raw = try (0..<rank).map { d in try place(columns[rank - 1 - d], sides[d]) }
      let whole = [n, c] + out
      switch mode {
      case .nearest:
        let at = try (0..<rank).map { d in
          try inside(raw[d], sides[d], padding, alignsCorners: alignsCorners).numbers()
            .map { $0.double.rounded(.toNearestOrEven) }
        }
        // A jump has no slope.
        let nothing = try reshape(mul(sum(places, dim: [2]), wrap(.int(0))), [n, 1, count])
        return try reshape(add(seen(at), detachedZero(nothing)), whole)
      case .bilinear:
        let at = try (0..<rank).map { d in
          try inside(raw[d], sides[d], padding, alignsCorners: alignsCorners)
        }
        let low = at.map { $0.numbers().map { floor($0.double) } }
        let upper = try (0..<rank).map { try sub(at[$0], constant(low[$0])) }
        let lower = try upper.map { try sub(wrap(.int(1)), $0) }
        var total: Tensor?
        // The neighbours, those along x first.
        for corner in 0..<1 << rank {
          let isUpper = (0..<rank).map { corner >> (rank - 1 - $0) & 1 == 1 }
          let parts = (0..<rank).reversed().map { isUpper[$0] ? upper[$0] : lower[$0] }
          let weight = try parts.dropFirst().reduce(parts[0]) { try mul($0, $1) }
          let corners = (0..<rank).map { d in low[d].map { $0 + (isUpper[d] ? 1 : 0) } }
          let part = try mul(seen(corners), reshape(weight, [n, 1, count]))
          total = try total.map { try add($0, part) } ?? part
        }
        return try reshape(total ?? flat, whole)
      case .bicubic:
        let low = raw.map { $0.numbers().map { floor($0.double) } }
        let parts = try (0..<2).map { try cubicWeights(sub(raw[$0], constant(low[$0]))) }
        func line(_ d: Int, _ step: Int) -> [Double] {
          low[d].map {
            broughtInside($0 + Double(step), sides[d], padding, alignsCorners: alignsCorners).place
          }
        }
        var rows: Tensor?
        for i in 0..<4 {
          var row: Tensor?
          for j in 0..<4 {
            let value = try mul(seen([line(0, i - 1), line(1, j - 1)]), reshape(parts[1][j], [n, 1, count]))
            row = try row.map { try add($0, value) } ?? value
          }
          guard let row else { continue }
          let value = try mul(row, reshape(parts[0][i], [n, 1, count]))
          rows = try rows.map { try add($0, value) } ?? value
        }
        return try reshape(rows ?? flat, whole)
      }
    }
  }

  /// Zero without the numbers it was made of, for which 0 is not the sum: infinite places.
  private static func detachedZero(_ t: Tensor) throws -> Tensor {
    try maskedFill(t, compare(t, t, .ne), wrap(.int(0)))
  }

  /// The weights of four neighbours in a row, by how far the place lies behind the second. A = −0.75, as in `interpolate`.
  private static func cubicWeights(_ t: Tensor) throws -> [Tensor] {
    let a = -0.75
    func number(_ d: Double) throws -> Tensor { try wrap(.double(d)) }
    func near(_ x: Tensor) throws -> Tensor {
      try add(mul(mul(sub(mul(x, number(a + 2)), number(a + 3)), x), x), number(1))
    }
    func far(_ x: Tensor) throws -> Tensor {
      let inner = try add(mul(sub(mul(x, number(a)), number(5 * a)), x), number(8 * a))
      return try sub(mul(inner, x), number(4 * a))
    }
    let rest = try sub(number(1), t)
    return [
      try far(add(t, number(1))), try near(t), try near(rest), try far(add(rest, number(1))),
    ]
  }

  static let gridOperations = [
    Operation("affine_grid(theta, size, align_corners=None)", [.functional("affine_grid")]) { a in
      .tensor(try affineGrid(a.tensor("theta"), a.ints("size"), alignsCorners: isTrue(a, "align_corners")))
    },
    Operation(
      "grid_sample(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None)",
      [.functional("grid_sample")]
    ) { a in
      let word = try a.string("mode", default: "bilinear")
      guard let mode = GridMode(rawValue: word) else {
        throw TorchError.value(
          "nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '\(word)'"
        )
      }
      let outside = try a.string("padding_mode", default: "zeros")
      guard let padding = GridPadding(rawValue: outside) else {
        throw TorchError.value(
          "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            + "'\(outside)'")
      }
      return .tensor(
        try gridSample(
          a.tensor("input"), a.tensor("grid"), mode: mode, padding: padding,
          alignsCorners: isTrue(a, "align_corners")))
    },
  ]
  /// A flag that may be left out.
  private static func isTrue(_ a: Arguments, _ name: String) -> Bool {
    if case .bool(true)? = a[name] { true } else { false }
  }
}

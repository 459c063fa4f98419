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
    guard size.count == 4, theta.dim == 3, theta.shape[1...] == [2, 3] else {
      throw TorchError.value(
        "Expected a batch of 2D affine matrices of shape Nx2x3 for size \(listText(size)). Got \(listText(theta.shape))."
      )
    }
    let (n, h, w) = (size[0], size[2], size[3])
    return try composed("affine_grid", "AffineGridGeneratorBackward0", [theta], label: "affine_grid") { t in
      let x = try expand(reshape(places(w, alignsCorners: alignsCorners, theta.dtype), [1, w]), [h, w])
      let y = try expand(reshape(places(h, alignsCorners: alignsCorners, theta.dtype), [h, 1]), [h, w])
      let base = try reshape(stack([x, y, add(mul(x, wrap(.int(0))), wrap(.int(1)))], 2), [1, h * w, 3])
      return try reshape(bmm(expand(base, [n, h * w, 3]), transpose(t[0], 1, 2)), [n, h, w, 2])
    }
  }

  /// Bilinear, with nothing outside the image.
  static func gridSample(_ image: Tensor, _ grid: Tensor, alignsCorners: Bool) throws -> Tensor {
    guard image.dim == 4, grid.dim == 4, grid.shape[3] == 2, grid.shape[0] == image.shape[0] else {
      throw TorchError.runtime(
        "grid_sampler(): expected grid and input to have same batch size, but got input with sizes "
          + "\(listText(image.shape)) and grid with sizes \(listText(grid.shape))")
    }
    guard image.dtype.isFloatingPoint else {
      throw TorchError.notImplemented("grid_sampler_2d_cpu_kernel_impl", image.dtype)
    }
    let (n, c, h, w) = (image.shape[0], image.shape[1], image.shape[2], image.shape[3])
    let (rows, columns) = (grid.shape[1], grid.shape[2])
    let count = rows * columns
    /// Where a grid's numbers lie among `size` pixels.
    func place(_ t: Tensor, _ size: Int) throws -> Tensor {
      let moved = try add(t, wrap(.int(1)))
      return alignsCorners
        ? try mul(moved, wrap(.double(Double(size - 1) / 2)))
        : try sub(mul(moved, wrap(.double(Double(size) / 2))), wrap(.double(0.5)))
    }
    return try composed("grid_sampler_2d", "GridSampler2DBackward0", [image, grid], label: "grid_sample") {
      t in
      let flat = try reshape(t[0], [n, c, h * w])
      let places = try reshape(t[1], [n, count, 2])
      let (x, y) = (try place(select(places, 2, 0), w), try place(select(places, 2, 1), h))
      let left = x.numbers().map { floor($0.double) }
      let top = y.numbers().map { floor($0.double) }
      func constant(_ values: [Double]) throws -> Tensor {
        let made = try Tensor(zeros: [n, count], image.dtype)
        made.setRaw(values.map(Number.double))
        return made
      }
      let (x0, y0) = (try constant(left), try constant(top))
      let (west, north) = (try sub(x, x0), try sub(y, y0))
      let (east, south) = (try sub(wrap(.int(1)), west), try sub(wrap(.int(1)), north))
      var sum: Tensor?
      // The four neighbours: north-west, north-east, south-west, south-east.
      for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let weight = try mul(dy == 0 ? south : north, dx == 0 ? east : west)
        var (indices, outside): ([Number], [Number]) = ([], [])
        for k in left.indices {
          let (i, j) = (left[k] + Double(dx), top[k] + Double(dy))
          let isInside = i >= 0 && i < Double(w) && j >= 0 && j < Double(h)
          indices.append(.int(isInside ? Int(j) * w + Int(i) : 0))
          outside.append(.int(isInside ? 0 : 1))
        }
        let index = try Tensor(zeros: [n, 1, count], .int64)
        index.setRaw(indices)
        let mask = try Tensor(zeros: [n, 1, count], .bool)
        mask.setRaw(outside)
        let seen = try maskedFill(gather(flat, 2, expand(index, [n, c, count])), mask, wrap(.int(0)))
        let part = try mul(seen, reshape(weight, [n, 1, count]))
        sum = try sum.map { try add($0, part) } ?? part
      }
      return try reshape(sum ?? flat, [n, c, rows, columns])
    }
  }

  static let gridOperations = [
    Operation("affine_grid(theta, size, align_corners=None)", [.functional("affine_grid")]) { a in
      .tensor(try affineGrid(a.tensor("theta"), a.ints("size"), alignsCorners: isTrue(a, "align_corners")))
    },
    Operation(
      "grid_sample(input, grid, mode='bilinear', padding_mode='zeros', align_corners=None)",
      [.functional("grid_sample")]
    ) { a in
      guard try a.string("mode", default: "bilinear") == "bilinear",
        try a.string("padding_mode", default: "zeros") == "zeros"
      else {
        throw TorchError(
          .notImplemented,
          "grid_sample samples bilinearly with zeros outside; other modes are not available here")
      }
      return .tensor(
        try gridSample(a.tensor("input"), a.tensor("grid"), alignsCorners: isTrue(a, "align_corners")))
    },
  ]
  /// A flag that may be left out.
  private static func isTrue(_ a: Arguments, _ name: String) -> Bool {
    if case .bool(true)? = a[name] { true } else { false }
  }
}

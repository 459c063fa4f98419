import MiniPython

/// Functions of NumPy that are written in the language itself, over those that are not: each part is read when a program
/// first asks for one of its names.
enum WrittenNumpy {
  struct Part {
    let names: Set<String>
    let module: WrittenModule
    /// - Parameters:
    ///   - names: what a program may ask for, with spaces between.
    ///   - prelude: small functions that the source uses.
    init(names: String, name: String, prelude: String, source: String) {
      self.names = Set(names.split { $0 == " " || $0 == "\n" }.map(String.init))
      module = WrittenModule(name: name, source: prelude + "\n" + source)
    }
  }

  static let arrayPrelude = #"""
    import numpy as _np
    from collections import namedtuple as _namedtuple

    def _array(a): return a if isinstance(a, _np.ndarray) else _np.array(a)
    def _axis(axis, ndim):
        if not -ndim <= axis < ndim: raise _np.exceptions.AxisError(f"axis {axis} is out of bounds for array of dimension {ndim}")
        return axis % ndim
    def _flat(a): return _array(a).reshape(-1)
    """#

  static let matrixPrelude = #"""
    import numpy as _np
    from collections import namedtuple as _namedtuple

    def _error(text): return _np.linalg.LinAlgError(text)
    def _matrix(a, square=False):
        a = a if isinstance(a, _np.ndarray) else _np.array(a)
        if a.ndim < 2: raise _error(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")
        if a.ndim > 2: raise NotImplementedError("numpy.linalg takes single matrices here")
        if square and a.shape[0] != a.shape[1]: raise _error("Last 2 dimensions of the array must be square")
        return a
    """#

  private static let arrays = [indexing, sets, shapes, padding, products, elements, kinds]
  private static let matrices = [linear, eigenvalues]

  /// Lets a module of NumPy find them.
  static func install(_ m: ModuleObject) {
    let parts = m.name == "numpy" ? arrays : m.name == "numpy.linalg" ? matrices : []
    guard !parts.isEmpty else { return }
    m.missing = { [weak m] name, i in
      guard let part = parts.first(where: { $0.names.contains(name) }) else { return nil }
      guard let found = try i.module(part.module).object as? ModuleObject else { return nil }
      // Functions that NumPy has itself stay as they are.
      for (name, value) in found.members where part.names.contains(name) && m?.members[name] == nil {
        m?.set(name, value)
      }
      return found.members[name]
    }
  }
}

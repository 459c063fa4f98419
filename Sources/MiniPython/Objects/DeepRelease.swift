import CRelease

/// Releases what containers hold without recursion: a list in a list in a list, a million deep, needs no stack.
///
/// Law: at most ``limit`` containers are released one inside another; what lies deeper is put aside and released when the
/// outermost is done. CPython calls the same its trash can.
enum DeepRelease {
  private static let limit = 200

  /// What was put aside on a thread.
  private final class Pile {
    var values: [[Value]] = []
  }

  /// Whether the caller may release here, and then calls ``leave()``; else it puts aside.
  @inline(__always)
  static func enter() -> Bool {
    let state = cr_state()
    guard let state, state.pointee.depth < limit else { return false }
    state.pointee.depth += 1
    return true
  }

  @inline(__always)
  static func leave() {
    guard let state = cr_state() else { return }
    if state.pointee.depth == 1, state.pointee.pile != nil { drain(state) }
    state.pointee.depth -= 1
  }

  static func putAside(_ values: [Value]) {
    guard let state = cr_state() else { return }
    if let known = state.pointee.pile {
      Unmanaged<Pile>.fromOpaque(known).takeUnretainedValue().values.append(values)
    } else {
      let made = Pile()
      made.values.append(values)
      state.pointee.pile = Unmanaged.passRetained(made).toOpaque()
    }
  }

  /// The depth stays at one meanwhile, so that nothing drains inside.
  private static func drain(_ state: UnsafeMutablePointer<cr_state>) {
    while let pile = state.pointee.pile {
      state.pointee.pile = nil
      let aside = Unmanaged<Pile>.fromOpaque(pile).takeRetainedValue()
      while aside.values.popLast() != nil {}
    }
  }
}

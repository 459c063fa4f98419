/// Which classes a run has put below others: those it defined, for `__subclasses__`, and those it registered with an
/// abstract class, for `isinstance`.
///
/// Law: a run writes only into its own classes. Those of the language and of the host are shared by all threads that
/// run programs, so what lies below them is the run's to keep.
final class Kinship {
  /// What a class was given by a run.
  struct Relatives {
    fileprivate var subclasses: [ClassHandle] = []
    fileprivate var registered: [ClassObject] = []
    /// The subclasses that still exist.
    var classes: [ClassObject] { subclasses.compactMap(\.object) }
  }

  /// Of classes that are not the program's own. These are kept alive, so that no other takes their place.
  private var shared: [ObjectIdentifier: (parent: ClassObject, relatives: Relatives)] = [:]
  /// Whether any class has been registered; most programs never do.
  private(set) var hasRegistered = false

  private func relatives(of c: ClassObject) -> Relatives? {
    c.isProgram ? c.relatives : shared[ObjectIdentifier(c)]?.relatives
  }
  private func change(_ c: ClassObject, _ body: (inout Relatives) -> Void) {
    if c.isProgram {
      body(&c.relatives)
    } else {
      body(&shared[ObjectIdentifier(c), default: (c, Relatives())].relatives)
    }
  }

  /// The classes that name it as a base and still exist, in the order of definition.
  func subclasses(of c: ClassObject) -> [ClassObject] {
    relatives(of: c)?.classes ?? []
  }
  /// For the program's classes below those of the host, which the run has changed.
  func forgetLookups() {
    for entry in shared.values { for c in entry.relatives.classes { c.forget() } }
  }
  func add(_ made: ClassObject) {
    for parent in made.bases { change(parent) { $0.subclasses.append(made.handle) } }
  }
  /// `Shape.register(Square)`.
  func register(_ other: ClassObject, with c: ClassObject) {
    if !other.isSubclass(of: c) { change(c) { $0.registered.append(other) } }
    hasRegistered = true
  }

  /// As `issubclass` has it: also of what was registered, of the class or of one below it.
  func isSubclass(_ c: ClassObject, of other: ClassObject) -> Bool {
    if c.isSubclass(of: other) { return true }
    guard hasRegistered, let relatives = relatives(of: other) else { return false }
    return relatives.registered.contains { isSubclass(c, of: $0) }
      || relatives.classes.contains { isSubclass(c, of: $0) }
  }
}

import MiniPython

/// What numbers are gathered from, beside lists and tuples.
enum Sequences {
  /// The items of a sequence: it has a length and gives its items by number, and is neither a text nor a dict.
  ///
  /// Law: `torch.tensor(deque(x))` equals `torch.tensor(list(x))`; sets and generators have no items here.
  static func items(_ v: Value, _ i: Interpreter) throws -> [Value]? {
    guard let object = v.object else { return nil }
    if ["collections.deque", "bytearray"].contains(i.typeName(v)) { return try i.array(v) }
    guard let instance = object as? InstanceObject, instance.classObject.lookup("__getitem__") != nil,
      instance.classObject.lookup("keys") == nil
    else { return nil }
    guard instance.classObject.lookup("__len__") != nil else {
      throw Raise.type("object of type '\(i.typeName(v))' has no len()")
    }
    return try i.array(v)
  }
}

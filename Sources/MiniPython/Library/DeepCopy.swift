/// `copy.deepcopy` for hosts.
public enum DeepCopy {
  /// A copy of a value and of all that it holds.
  public static func copy(_ v: Value, _ i: Interpreter) throws -> Value {
    var memo = Copying.Memo()
    return try Copying.deep(v, &memo, i, depth: 0)
  }
}

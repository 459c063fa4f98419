/// The special names that `dir` lists of built-in classes, as CPython has them.
enum DunderNames {
  private static let object =
    "class delattr dir doc eq format ge getattribute getstate gt hash init init_subclass le lt ne new reduce reduce_ex repr setattr sizeof str subclasshook"
  private static let number =
    "abs add bool ceil divmod float floor floordiv getnewargs int mod mul neg pos pow radd rdivmod rfloordiv rmod rmul round rpow rsub rtruediv sub truediv trunc"
  private static let sets =
    "and class_getitem contains iter len or rand ror rsub rxor sub xor"
  private static let own: [String: String] = [
    "int": number + " and index invert lshift or rand rlshift ror rrshift rshift rxor xor",
    "float": number + " getformat",
    "complex": "abs add bool complex getnewargs mul neg pos pow radd rmul rpow rsub rtruediv sub truediv",
    "str": "add contains getitem getnewargs iter len mod mul rmod rmul",
    "bytes": "add bytes contains getitem getnewargs iter len mod mul rmod rmul",
    "list": "add class_getitem contains delitem getitem iadd imul iter len mul reversed rmul setitem",
    "tuple": "add class_getitem contains getitem getnewargs iter len mul rmul",
    "dict": "class_getitem contains delitem getitem ior iter len or reversed ror setitem",
    "set": sets + " iand ior isub ixor", "frozenset": sets,
    "range": "bool contains getitem iter len reversed", "generator": "del iter name next qualname",
    "function":
      "annotations builtins call closure code defaults dict get globals kwdefaults module name qualname",
    "BaseException": "cause context dict notes setstate suppress_context traceback",
  ]

  /// Of a class and its ancestors.
  static func of(_ c: ClassObject) -> [String] {
    var out = words(object)
    for one in c.mro {
      if one.isDefined {
        out += words(one.slots == nil ? "dict module weakref" : "module slots")
      } else if one.module == "builtins" {
        out += words(own[one.name] ?? "")
      } else if one.inheritedAllocate != nil {
        // A class whose instances have attributes is one as a program writes it.
        out += words("annotations dict module weakref")
      }
    }
    return out
  }

  private static func words(_ text: String) -> [String] { text.split(separator: " ").map { "__\($0)__" } }
}

import Autograd
import MiniPython

/// `torch.save` and `torch.load`: to files in the program's own memory, and to `io.BytesIO`.
enum Saving {
  static func fill(_ m: ModuleObject) {
    m.function("save") { a, i in
      let p = try a.bindWritten(
        "save", "obj", "f", "pickle_module?", "pickle_protocol?", "_use_new_zipfile_serialization?")
      let (object, target) = (p[0] ?? .none, p[1] ?? .none)
      try refuse(object, i)
      var memo: [ObjectIdentifier: Value] = [:]
      let bytes = i.files.keep(try copied(object, &memo, i))
      if let write = try i.attribute(target, "write") {
        _ = try i.call(write, Arguments([.object(BytesObject(bytes))]))
        return .none
      }
      switch target.object {
      case nil, is TensorObject, is ListObject, is DictObject, is TupleObject:
        throw Raise.attribute(
          "expected 'f' to be string, path, or a file-like object with a 'write' attribute")
      default: break
      }
      let path = try i.path(target)
      guard i.files.hasParent(path) else {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        throw Raise.runtime("Parent directory \(parent) does not exist.")
      }
      i.files.write(path, bytes)
      return .none
    }
    m.function("load") { a, i in
      let p = try a.bindWritten(
        "load", "f", "map_location?", "pickle_module?", "*", "weights_only?", "mmap?")
      let source = p[0] ?? .none
      let bytes: [UInt8]
      if let read = try i.attribute(source, "read") {
        bytes = (try i.call(read).object as? BytesObject)?.bytes ?? []
      } else {
        switch source.object {
        case nil, is BytesObject, is TensorObject, is ListObject, is DictObject, is TupleObject:
          throw Raise.attribute(
            "'\(i.typeName(source))' object has no attribute 'seek'. You can only torch.load from a file that is "
              + "seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
          )
        default: break
        }
        let path = try i.path(source)
        guard let found = i.files.read(path) else { throw i.missingFile(path) }
        bytes = found
      }
      guard !bytes.isEmpty else { throw Raise.named("EOFError", "Ran out of input") }
      guard let kept = i.files.kept(bytes) else {
        throw failed("invalid load key, '\\x\(String(bytes[0], radix: 16))'.")
      }
      var isCareful = true
      if let given = p[3] { if case .none = given {} else { isCareful = try i.isTrue(given) } }
      if isCareful { try check(kept, i, depth: 0) }
      var memo: [ObjectIdentifier: Value] = [:]
      return try copied(kept, &memo, i)
    }
  }

  /// A copy as a file keeps it: tensors without their graph and their gradients.
  private static func copied(
    _ v: Value, _ memo: inout [ObjectIdentifier: Value], _ i: Interpreter
  ) throws -> Value {
    guard let object = v.object else { return v }
    if let known = memo[ObjectIdentifier(object)] { return known }
    let made: Value
    switch object {
    case let t as TensorObject:
      if try i.isTrue(i.getAttribute(v, "is_leaf")) {
        made = try DeepCopy.copy(v, i)
        try i.setAttribute(made, "grad", .none)
      } else {
        _ = t
        let own = try i.call(i.getAttribute(i.call(i.getAttribute(v, "detach")), "clone"))
        made = try i.call(i.getAttribute(own, "requires_grad_"))
      }
    case let l as ListObject where l.extra == nil: made = .list(try l.items.map { try copied($0, &memo, i) })
    case let t as TupleObject where t.extra == nil:
      made = .tuple(try t.items.map { try copied($0, &memo, i) })
    case let d as DictObject where d.extra == nil:
      let out = d.copy()
      for entry in d.entries {
        if let entry { try out.set(entry.key, try copied(entry.value, &memo, i), i) }
      }
      made = .object(out)
    default: made = try DeepCopy.copy(v, i)
    }
    memo[ObjectIdentifier(object)] = made
    return made
  }

  /// What no pickle can name.
  private static func refuse(_ v: Value, _ i: Interpreter) throws {
    guard let f = v.object as? FunctionObject else { return }
    let name = try i.str(i.getAttribute(v, "__qualname__"))
    guard name.contains("<") else { return }
    let problem =
      name.contains("<locals>")
      ? "Can't pickle local object '\(name)'"
      : "Can't pickle \(try f.repr(i)): attribute lookup \(name) on __main__ failed"
    throw Raise(Exceptions.make(Saving.type(name.contains("<locals>") ? nil : "PicklingError"), problem))
  }

  private static func type(_ name: String?) -> ClassObject {
    guard let name else { return Exceptions.type("AttributeError") }
    return name == "PicklingError" ? pickling : unpickling
  }
  nonisolated(unsafe) private static let pickling = Exceptions.derived(
    "PicklingError", from: "Exception", module: "_pickle")
  nonisolated(unsafe) private static let unpickling = Exceptions.derived(
    "UnpicklingError", from: "Exception", module: "_pickle")

  /// With `weights_only`, the standard: tensors, numbers, texts and their containers alone.
  private static func check(_ v: Value, _ i: Interpreter, depth: Int) throws {
    guard let object = v.object, depth < 200 else { return }
    switch object {
    case is TensorObject, is DTypeObject, is DeviceObject, is StringObject: return
    case let l as ListObject where l.extra == nil:
      for item in l.items { try check(item, i, depth: depth + 1) }
    case let t as TupleObject where t.extra == nil:
      for item in t.items { try check(item, i, depth: depth + 1) }
    case let d as DictObject where d.extra == nil:
      for entry in d.entries { if let entry { try check(entry.value, i, depth: depth + 1) } }
    case let instance as InstanceObject: throw unsupported(instance.classObject)
    case let array as ArrayObject:
      _ = array
      throw failed(globalText("numpy._core.multiarray._reconstruct"))
    default:
      if object.extra != nil { throw unsupported(i.type(of: v)) }
    }
  }

  private static func unsupported(_ c: ClassObject) -> Raise {
    failed(globalText("\(c.module).\(c.qualifiedName)"))
  }

  private static func globalText(_ name: String) -> String {
    "Unsupported global: GLOBAL \(name) was not an allowed global by default. Please use "
      + "`torch.serialization.add_safe_globals([\(name)])` or the "
      + "`torch.serialization.safe_globals([\(name)])` context manager to allowlist this global if you trust "
      + "this class/function."
  }

  private static func failed(_ reason: String) -> Raise {
    let bold = ("\u{1B}[1m", "\u{1B}[0m")
    return Raise(
      Exceptions.make(
        unpickling,
        "Weights only load failed. This file can still be loaded, to do so you have two options, "
          + "\(bold.0)do those steps only if you trust the source of the checkpoint\(bold.1). \n\t(1) In PyTorch 2.6, "
          + "we changed the default value of the `weights_only` argument in `torch.load` from `False` to `True`. "
          + "Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in "
          + "arbitrary code execution. Do it only if you got the file from a trusted source.\n\t(2) Alternatively, to "
          + "load with `weights_only=True` please check the recommended steps in the following error message.\n\t"
          + "WeightsUnpickler error: \(reason)\n\nCheck the documentation of torch.load to learn more about types "
          + "accepted by default with weights_only https://pytorch.org/docs/stable/generated/torch.load.html."
      ))
  }
}

/// `super()`: attributes of the classes behind one, bound to an instance.
final class SuperObject: Object {
  let after: ClassObject
  let receiver: Value
  init(_ after: ClassObject, _ receiver: Value) {
    self.after = after
    self.receiver = receiver
  }
  override var typeObject: ClassObject { Types.superType }
  override func getAttribute(_ name: String, _ i: Interpreter) throws -> Value? {
    let receiverClass = receiver.object as? ClassObject
    // In a method of a metaclass the receiver is an instance of it, though a class.
    let isOfMeta =
      receiverClass.map { !$0.isSubclass(of: after) && $0.metaclass.isSubclass(of: after) } ?? false
    let own = isOfMeta ? i.type(of: receiver) : receiverClass ?? i.type(of: receiver)
    var isBehind = false
    for c in own.mro {
      if isBehind, let found = i.changes.own(c, name) ?? c.attributes[name] {
        if let property = found.object as? PropertyObject {
          if let native = property.native { return try native(receiver, i) }
          return try i.call(property.getter, Arguments([receiver]))
        }
        guard receiverClass != nil, !isOfMeta else { return i.bind(found, to: receiver, own) }
        guard let wrapper = found.object as? MethodWrapper else { return found }
        return wrapper.isStatic ? wrapper.function : .object(BoundMethod(receiver, wrapper.function))
      }
      if isBehind, let found = DefaultDunders.find(name, in: c) {
        return name == "__new__" ? found : i.bind(found, to: receiver, own)
      }
      if c === after { isBehind = true }
    }
    if let state = (receiver.object as? InstanceObject)?.exception {
      return i.exceptionAttribute(name, receiver, state)
    }
    return nil
  }
  override func repr(_ i: Interpreter) throws -> String {
    let own = (receiver.object as? ClassObject) ?? i.type(of: receiver)
    return "<super: <class '\(after.name)'>, <\(own.name) object>>"
  }
}

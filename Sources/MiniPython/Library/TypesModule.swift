/// Python's `types`: the classes that have no names of their own.
enum TypesModule {
  static func fill(_ m: ModuleObject) {
    m.set("SimpleNamespace", .object(ArgparseModule.simpleNamespace))
    m.set("FunctionType", .object(Types.function))
    m.set("LambdaType", .object(Types.function))
    m.set("MethodType", .object(Types.method))
    m.set("ModuleType", .object(Types.module))
    m.set("GeneratorType", .object(Types.generator))
    m.set("BuiltinFunctionType", .object(Types.builtinFunction))
    m.set("BuiltinMethodType", .object(Types.builtinFunction))
    m.set("MethodDescriptorType", .object(Types.methodDescriptor))
    m.set("WrapperDescriptorType", .object(Types.wrapperDescriptor))
    m.set("GenericAlias", .object(GenericAlias.type))
    m.set("UnionType", .object(UnionHint.type))
    m.set("TracebackType", .object(TracebackObject.type))
    m.set("EllipsisType", .object(Types.ellipsisType))
    m.set("NotImplementedType", .object(Types.notImplementedType))
    m.set("NoneType", .object(Types.none))
    // Written in the language: read when first asked for.
    m.missing = { name, i in
      guard name == "MappingProxyType" else { return nil }
      return try i.attribute(i.importModule("_types_proxy", leaf: true), name)
    }
  }
}

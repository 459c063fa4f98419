import Recordings

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The recorder's side of the core: ids for objects, values at an instant.
extension Recorder {
  /// The id of a tensor; the first asking tells the recording that it exists.
  func id(of t: Tensor) -> TensorID { id(of: t, origin: nil) }

  func id(of t: Tensor, origin: @autoclosure () -> Origin?) -> TensorID {
    if t.mark.serial == serial { return TensorID(t.mark.id) }
    let id = newTensorID()
    t.mark = RecordMark(serial: serial, id: id.rawValue)
    let isNew = t.storage.mark.serial != serial
    let storage = isNew ? newStorageID() : StorageID(t.storage.mark.id)
    t.storage.mark = RecordMark(serial: serial, id: storage.rawValue)
    let isLarge = t.storage.count > policy.wholeLimit
    if isLarge || !isNew {
      t.storage.aliases.removeAll { $0.tensor == nil }
      t.storage.aliases.append(WeakTensor(tensor: t))
    }
    let made = origin()
    var content: Content?
    if isLarge {
      content = capture(t).content
    } else if isNew {
      content = .whole(whole(wholeStorage(of: t)))
    }
    record(
      .tensorCreated(
        TensorCreated(
          tensor: id, shape: t.shape, strides: t.strides == contiguousStrides(t.shape) ? [] : t.strides,
          offset: t.offset, dtype: t.dtype, device: t.device, requiresGrad: t.requiresGrad,
          isLeaf: t.isLeaf, isParameter: t.isParameter, storage: storage, storageCount: t.storage.count,
          counter: self.id(of: t.counter), version: t.version, content: content, origin: made)))
    Context.current.onTensor?(t)
    if let gradFn = t.gradFn, gradFn.mark.serial == serial {
      record(.tensorChanged(TensorChanged(tensor: id, gradFn: .some(NodeID(gradFn.mark.id)))))
    } else if let gradFn = t.gradFn, made == nil {
      // Made where nobody was told: the copy of what an in-place step wrote over.
      let rule = gradFn as? RuleNode
      record(
        gradFn, operation: "", inputs: [], outputs: [id], label: rule?.pending?.label ?? "",
        formula: rule?.pending?.formula ?? "")
      rule?.pending = nil
    }
    if t.retainsGrad { record(.tensorChanged(TensorChanged(tensor: id, retainsGrad: true))) }
    if let grad = t.gradSlot {
      let value = capture(grad)
      record(
        .gradientWritten(
          GradientWritten(
            tensor: id, grad: self.id(of: grad), before: nil, contribution: nil, after: value, node: nil,
            versionAfter: grad.version)))
    }
    return id
  }

  private func wholeStorage(of t: Tensor) -> Tensor {
    let all = Tensor(storage: t.storage, shape: [t.storage.count])
    all.dtype = t.dtype
    return all
  }

  func id(of counter: VersionCounter) -> CounterID {
    if counter.mark.serial == serial { return CounterID(counter.mark.id) }
    let id = newCounterID()
    counter.mark = RecordMark(serial: serial, id: id.rawValue)
    return id
  }

  /// The id of a node; the first asking records it without inputs, as an accumulator is.
  func id(of node: Node) -> NodeID {
    if node.mark.serial == serial { return NodeID(node.mark.id) }
    record(node, operation: "", inputs: [], outputs: [])
    return NodeID(node.mark.id)
  }

  func isKnown(_ t: Tensor) -> Bool { t.mark.serial == serial }

  /// Records a node with the nodes below it that are not known yet, those first.
  func record(
    _ node: Node, operation: String, inputs: [TensorID], outputs: [TensorID], joined: [TensorID] = [],
    label: String = "", formula: String = "", module: String = ""
  ) {
    var open = [node]
    while let top = open.last {
      if let below = top.next.lazy.compactMap({ $0?.node }).first(where: { $0.mark.serial != self.serial }) {
        open.append(below)
        continue
      }
      open.removeLast()
      if top.mark.serial == serial { continue }
      let variable = (top as? AccumulateGrad)?.variable
      let variableID = variable.map { self.id(of: $0) }
      let id = self.newNodeID()
      top.mark = RecordMark(serial: serial, id: id.rawValue)
      let edges = top.next.map { edge in
        edge.map { GraphEdge(node: NodeID($0.node.mark.id), inputNumber: $0.inputNumber) }
      }
      let isIt = top === node
      var event = NodeRecorded(
        node: id, operation: isIt ? operation : "", gradFn: top.name, next: edges,
        inputs: isIt ? inputs : [], outputs: isIt ? outputs : [], attributes: top.attributes,
        saved: top.saved.filter { !$0.isNone }.map {
          SavedTensor(name: $0.name, tensor: $0.record, version: $0.record == nil ? nil : $0.version)
        },
        variable: variableID, module: isIt ? module : "", label: isIt ? label : "",
        formula: isIt ? formula : "")
      if isIt { event.joined = joined }
      self.record(.nodeRecorded(event))
    }
  }

  /// A tensor's value now, whole or summarised.
  func capture(_ t: Tensor) -> Capture {
    if t.count > policy.wholeLimit {
      return Capture(shape: t.shape, dtype: t.dtype, content: .summary(Summary(of: t.elements)))
    }
    return Capture(shape: t.shape, dtype: t.dtype, content: .whole(whole(t)))
  }

  /// All elements, in the memory of the storage's last capture where they are still the same: a parameter is looked
  /// at several times a step, and changes once.
  private func whole(_ t: Tensor) -> Elements {
    // A value that is shared counts each time: the recording's file writes it out each time.
    guard t.count >= 64, t.isContiguous else {
      let elements = t.elements
      countValue(elements)
      return elements
    }
    if let last = t.storage.captured, t.holdsBits(of: last) {
      countValue(last)
      return last
    }
    let elements = t.elements
    countValue(elements)
    t.storage.captured = elements
    return elements
  }

  /// The other recorded views of the tensor that `t` is a view of, which a write to one of them makes anew.
  func views(besides t: Tensor) -> [Tensor] {
    // Views that have no node, as those of what needs no gradient, are not made anew.
    staleViews(of: t.view?.base ?? t).filter { $0 !== t && $0.gradFn != nil }
  }

  /// The recorded views of a base that the next look at them will make anew.
  func staleViews(of base: Tensor) -> [Tensor] {
    base.storage.aliases.compactMap { weak in
      guard let t = weak.tensor, isKnown(t), let view = t.view, view.base === base, view.origin == nil,
        t.isStaleView
      else { return nil }
      return t
    }
  }

  /// Values of the other recorded tensors of a storage too large to be kept.
  func aliases(of t: Tensor) -> [AliasContent] {
    guard t.storage.count > policy.wholeLimit else { return [] }
    return t.storage.aliases.compactMap { weak in
      guard let other = weak.tensor, other !== t, isKnown(other) else { return nil }
      return AliasContent(tensor: TensorID(other.mark.id), value: capture(other))
    }
  }
}

extension Tensor {
  /// Whether a contiguous tensor's memory holds these numbers, bit for bit.
  fileprivate func holdsBits(of elements: Elements) -> Bool {
    func isEqual<T>(_ values: [T]) -> Bool {
      values.count == count
        && values.withUnsafeBytes { $0.elementsEqualBits(pointer(T.self), count * MemoryLayout<T>.stride) }
    }
    switch (elements, dtype) {
    case (.single(let a), .float32), (.single(let a), .float16), (.single(let a), .bfloat16):
      return isEqual(a)
    case (.double(let a), .float64): return isEqual(a)
    case (.integer(let a), .int64): return isEqual(a)
    default: return false
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func elementsEqualBits(_ other: UnsafeRawPointer, _ count: Int) -> Bool {
    guard let baseAddress else { return count == 0 }
    return memcmp(baseAddress, other, count) == 0
  }
}

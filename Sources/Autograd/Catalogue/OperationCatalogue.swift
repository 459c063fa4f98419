/// Every operation, once: names in Python, gradient checks and docs follow from this list.
public enum OperationCatalogue {
  public static let all: [Operation] = written + InPlaceForms.derived(from: written)

  private static let written: [Operation] = [
    Ops.addOperations, Ops.subOperations, Ops.mulOperations, Ops.divOperations, Ops.negOperations,
    Ops.powOperations, Ops.sumOperations, Ops.unaryOperations, Ops.compareOperations, Ops.viewOperations,
    Ops.indexOperations, Ops.copyOperations, Ops.readOperations,
    Ops.factoryOperations, Ops.randomOperations, Ops.multinomialOperations, Ops.poissonOperations,
    Ops.binomialOperations,
    Ops.gammaDrawOperations,
    Ops.divisorOperations,
    Ops.matrixOperations, Ops.matmulOperations, Ops.addedProductOperations,
    Ops.softmaxOperations, Ops.extremeOperations, Ops.activationOperations,
    Ops.joiningOperations, Ops.selectingOperations, Ops.statisticsOperations,
    Ops.uniqueOperations, Ops.marginLossOperations, Ops.multiMarginLossOperations,
    Ops.distributionLossOperations, Ops.connectionistLossOperations, Ops.featureDropoutOperations,
    Ops.bilinearOperations,
    Ops.windowNormOperations, Ops.placedDrawOperations,
    Ops.rarerActivationOperations, Ops.attentionOperations, Ops.groupNormalizationOperations,
    Ops.instanceNormOperations,
    Ops.arrangementOperations, Ops.linearAlgebraOperations, Ops.singularValueOperations,
    Ops.factorizationOperations, Ops.eigenvalueOperations, Ops.matrixFunctionOperations,
    Ops.triangularOperations, Ops.renormalizingOperations, Ops.slopeOperations, Ops.rarerFunctionOperations,
    Ops.repeatingOperations, Ops.lossOperations, Ops.crossEntropyOperations,
    Ops.linearOperations, Ops.convOperations, Ops.volumeOperations, Ops.unpoolingOperations,
    Ops.paddingOperations, Ops.upsamplingOperations, Ops.convTransposeOperations, Ops.foldingOperations,
    Ops.gridOperations,
    Ops.inPlaceViewOperations, Ops.embeddingBagOperations,
    Ops.covarianceOperations, Ops.reducedWriteOperations, Ops.normalizationOperations,
    Ops.moreShapeOperations, Ops.moreUnaryOperations,
    Ops.binaryFunctionOperations, Ops.blendOperations, Ops.moreReductionOperations,
    Ops.indexedWriteOperations, Ops.rearrangingOperations, Ops.clippingOperations, Ops.initializerOperations,
    Ops.orthogonalOperations, Ops.sparseInitializers,
  ].flatMap(\.self)

  private static let byName: [String: Operation] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// The operation of a name in the catalogue.
  public static subscript(name: String) -> Operation? { byName[name] }

  private static let byHome: [Operation.Home: Operation] = Dictionary(
    all.flatMap { o in o.homes.map { ($0, o) } }, uniquingKeysWith: { first, _ in first })

  /// The operation that a program finds at a place.
  public static subscript(home: Operation.Home) -> Operation? { byHome[home] }
}

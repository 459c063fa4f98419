/// Every optimizer, once: its class in Python follows from its rule.
public enum OptimizerCatalogue {
  public static let all: [any OptimizerType.Type] = [
    SGDRule.self, AdamRule.self, AdamWRule.self, RMSpropRule.self, AdagradRule.self,
    AdadeltaRule.self, AdamaxRule.self, NAdamRule.self, RAdamRule.self, RpropRule.self, ASGDRule.self,
    LBFGSRule.self, AdafactorRule.self, MuonRule.self, SparseAdamRule.self,
  ]
}

/// Every optimizer, once: its class in Python follows from its rule.
public enum OptimizerCatalogue {
  public static let all: [any UpdateRule.Type] = [
    SGDRule.self, AdamRule.self, AdamWRule.self, RMSpropRule.self, AdagradRule.self,
    AdadeltaRule.self,
  ]
}

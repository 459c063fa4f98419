import Testing

@testable import Autograd

/// Laws over the catalogue of operations.
@Suite struct CatalogueTests {
  @Test func `no two operations have one name`() {
    let names = OperationCatalogue.all.map(\.name)
    let twice = Set(names.filter { name in names.count { $0 == name } > 1 }).sorted()
    #expect(twice.isEmpty, "\(twice)")
  }

  @Test func `no two operations live in one place`() {
    let homes = OperationCatalogue.all.flatMap { $0.homes.map { "\($0.kind) \($0.name)" } }
    let twice = Set(homes.filter { home in homes.count { $0 == home } > 1 }).sorted()
    #expect(twice.isEmpty, "\(twice)")
  }

  @Test func `every operation is found by its name and by each of its places`() {
    for operation in OperationCatalogue.all {
      #expect(OperationCatalogue[operation.name]?.signature.name == operation.signature.name)
      for home in operation.homes { #expect(OperationCatalogue[home]?.name == operation.name) }
    }
  }

  @Test func `in-place forms end in an underscore or are Python's`() {
    for operation in OperationCatalogue.all {
      for home in operation.homes where home.kind == .inPlaceMethod {
        #expect(home.name.hasSuffix("_"), "\(home.name)")
      }
    }
  }
}

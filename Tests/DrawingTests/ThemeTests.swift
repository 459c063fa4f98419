import Drawing
import Testing

@Suite struct ThemeTests {
  @Test(arguments: Theme.all)
  func `every text colour reaches a contrast of 4.5 where it is used`(theme: Theme) {
    for area in [theme.background, theme.surface] {
      for color in [theme.ink, theme.secondary] { #expect(color.contrast(with: area) >= 4.5) }
    }
    for actor in [theme.forward, theme.backward, theme.update, theme.wrong] {
      for area in [theme.background, theme.surface, actor.tint] {
        #expect(actor.color.contrast(with: area) >= 4.5, "\(actor.color.hex) on \(area.hex)")
      }
      #expect(theme.secondaryOnTint.contrast(with: actor.tint) >= 4.5)
      #expect(theme.ink.contrast(with: actor.tint) >= 4.5)
    }
  }

  @Test(arguments: Theme.all)
  func `numbers can be read on every step of the heat scale`(theme: Theme) {
    for step in -100...100 {
      let cell = theme.heat(Double(step) / 100)
      #expect(theme.text(on: cell).contrast(with: cell) >= 4.5, "\(step): \(cell.hex)")
    }
    #expect(theme.heat(0) == theme.background)
    #expect(theme.heat(.nan) == theme.wrong.tint)
    #expect(theme.heat(.infinity) == theme.heat(1))
  }

  @Test func `the actors differ in line as well as in colour`() {
    let theme = Theme.light
    #expect(theme.forward.stroke.dash.isEmpty && !theme.backward.stroke.dash.isEmpty)
    #expect(theme.update.stroke.width > theme.forward.stroke.width)
    #expect(theme.forward.color.hex == "#0B63A5" && theme.backward.color.hex == "#C2410C")
  }

  @Test func `theme names are unique`() {
    #expect(Set(Theme.all.map(\.name)).count == Theme.all.count)
  }

  @Test func `contrast of black on white is 21`() {
    #expect(abs(Color.black.contrast(with: .white) - 21) < 1e-9)
  }
}

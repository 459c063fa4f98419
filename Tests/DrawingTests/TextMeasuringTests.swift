import Drawing
import Testing

@Suite struct TextMeasuringTests {
  let measurer = FixedAdvanceMeasurer()
  let style = TextStyle.mono(10)  // six points a character

  @Test func `characters count, wide ones twice, combining ones not`() {
    #expect(measurer.width("abc", style) == 18)
    #expect(measurer.width("漢", style) == 12)
    #expect(measurer.width("e\u{301}", style) == 6)
    #expect(measurer.width("", style) == 0)
  }

  @Test func `shortening keeps the longest start that fits`() {
    #expect(measurer.shortened("MulBackward0", style, width: 72) == "MulBackward0")
    #expect(measurer.shortened("MulBackward0", style, width: 36) == "MulBa…")
    #expect(measurer.shortened("MulBackward0", style, width: 5) == "")
    #expect(measurer.shortenedInside("layers.0.weight", style, width: 42) == "lay…ght")
  }

  @Test func `wrapping breaks at spaces, then inside words, then gives up with an ellipsis`() {
    #expect(measurer.wrapped("a bb ccc", style, width: 24) == ["a bb", "ccc"])
    #expect(measurer.wrapped("abcdefgh", style, width: 18) == ["abc", "def", "gh"])
    #expect(measurer.wrapped("one two three four", style, width: 30, maxLines: 2) == ["one", "two…"])
    #expect(measurer.wrapped("a\nb", style, width: 30) == ["a", "b"])
    #expect(measurer.wrapped("abc", style, width: 0) == ["a", "b", "c"])
    #expect(measurer.wrapped("", style, width: 10) == [""])
    #expect(measurer.wrapped("a", style, width: 10, maxLines: 0) == [])
  }

  @Test func `no wrapped line is wider than asked`() {
    let text = "AccumulateGrad writes the gradient that reached x into x.grad. It was None."
    for width in stride(from: 12.0, to: 300, by: 7) {
      let lines = measurer.wrapped(text, style, width: width)
      #expect(lines.allSatisfy { measurer.fits($0, style, width: width) })
      let letters = lines.joined().filter { $0 != " " }
      #expect(letters == text.filter { $0 != " " }, "nothing is lost")
    }
  }
}

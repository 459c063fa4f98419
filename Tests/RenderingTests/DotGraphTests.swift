import GraphLayout
import Testing

/// What Graphviz's own reader makes of a quoted string: `\"` is a quote; every other backslash stays
/// and is read again as an escape of a label (`\n` a line, `\\` a backslash, `\N` the node's name).
private func readBack(_ quoted: String) -> String? {
  var scalars = Array(quoted.unicodeScalars)
  guard scalars.count >= 2, scalars.removeFirst() == "\"", scalars.removeLast() == "\"" else { return nil }
  var out = String.UnicodeScalarView()
  var index = 0
  while index < scalars.count {
    let scalar = scalars[index]
    index += 1
    if scalar == "\"" { return nil }  // the string would end here
    guard scalar == "\\" else {
      out.append(scalar)
      continue
    }
    guard index < scalars.count else { return nil }  // the closing quote would be escaped
    switch scalars[index] {
    case "\"", "\\": out.append(scalars[index])
    case "n": out.append("\n")
    default: return nil  // an escape that stands for something else
    }
    index += 1
  }
  let text = String(out)
  guard
    text.split(separator: "&", omittingEmptySubsequences: false).dropFirst().allSatisfy({
      $0.hasPrefix("amp;")
    })
  else { return nil }
  return unescapeAmpersands(text)
}

private func unescapeAmpersands(_ text: String) -> String {
  var parts = text.split(separator: "&amp;", omittingEmptySubsequences: false).map(String.init)
  let first = parts.removeFirst()
  return parts.reduce(first) { $0 + "&" + $1 }
}

@Suite struct DotGraphTests {
  @Test(arguments: [
    "", "x", "\"", "\\", "\\\"", "a\\", "\\N \\G \\E \\T", "&lt;b&gt;", "&", "<b>bold</b>", "}\n{", "; //",
    "漢字 😀 ﷽",
    "line one\nline two", "]];\"->", "/* */", "#", "%s%n",
  ])
  func `any text comes back as it was`(text: String) {
    #expect(readBack(DotGraph.quoted(text)) == text)
  }

  @Test func `random texts come back as they were`() {
    var g = SplitMix(state: 1)
    let alphabet = Array("\\\"&;nNG<>{}[]-=a \n/*#é")
    for _ in 0..<2_000 {
      let text = String(
        (0..<Int.random(in: 0...12, using: &g)).map { _ in alphabet.randomElement(using: &g) ?? "a" })
      #expect(readBack(DotGraph.quoted(text)) == text)
    }
  }

  @Test func `control characters cannot end the file`() {
    #expect(DotGraph.quoted("a\0b\u{1B}c\td") == "\"a\u{FFFD}b\u{FFFD}c d\"")
  }

  @Test func `a graph with clusters, labels and places is written in order`() {
    var dot = DotGraph(
      title: "after \"backward\"", direction: .leftToRight, edgeDefaults: [("penwidth", "1.8")])
    let outer = dot.addCluster(label: "model")
    let inner = dot.addCluster(label: "layer", parent: outer)
    dot.addNode(label: "x", attributes: [("color", "#0B63A5"), ("no=\"good", "v")])
    dot.addNode(label: "y\\1", cluster: inner, box: LayoutBox(10, 20, 72, 36.5))
    dot.addEdge(from: 0, to: 1, label: "grad", attributes: [("style", "dashed")])
    dot.addEdge(from: 0, to: 7)
    #expect(
      dot.text == #"""
        digraph backstep {
          graph [rankdir="LR", label="after \"backward\"", charset="UTF-8"]
          node [shape="box"]
          edge [penwidth="1.8"]
          subgraph cluster_0 {
            graph [label="model"]
            subgraph cluster_1 {
              graph [label="layer"]
              n1
            }
          }
          n0 [label="x", color="#0B63A5", nogood="v"]
          n1 [label="y\\1", pos="46,18.25", width="1", height="0.507", fixedsize="true"]
          n0 -> n1 [label="grad", style="dashed"]
        }

        """#)
  }

  @Test func `a cycle of cluster parents ends`() {
    var dot = DotGraph(title: "", direction: .topToBottom)
    dot.addCluster(label: "a", parent: 1)
    dot.addCluster(label: "b", parent: 0)
    #expect(dot.text.hasSuffix("}\n"))
  }
}

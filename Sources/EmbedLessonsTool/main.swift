import Foundation

// EmbedLessonsTool OUTPUT LESSON…: writes the lessons' texts as one Swift file.

func literal(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\": out += "\\\\"
    case "\"": out += "\\\""
    case "\n": out += "\\n"
    default:
      if scalar.value >= 0x20, scalar.value < 0x7F {
        out.unicodeScalars.append(scalar)
      } else {
        out += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
  }
  return out + "\""
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard let output = arguments.first else {
  print("error: EmbedLessonsTool OUTPUT LESSON…")
  exit(2)
}
do {
  var code = "// The lessons of this package, embedded by EmbedLessonsTool.\n"
  code += "enum EmbeddedLessons {\n  static let files: [(name: String, text: String)] = [\n"
  for path in arguments.dropFirst() {
    let url = URL(filePath: path)
    let text = try String(contentsOf: url, encoding: .utf8)
    code += "    (\(literal(url.lastPathComponent)), \(literal(text))),\n"
  }
  code += "  ]\n}\n"
  try code.write(to: URL(filePath: output), atomically: true, encoding: .utf8)
} catch {
  print("error: lessons cannot be embedded: \(error)")
  exit(1)
}

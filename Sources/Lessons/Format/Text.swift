/// Without white space at both ends.
func trimmed(_ text: some StringProtocol) -> String {
  var rest = Substring(text)
  while let last = rest.last, last.isWhitespace { rest.removeLast() }
  return String(rest.drop { $0.isWhitespace })
}

/// The lines of a text, whichever way they end. (To Swift, a Windows line end is one character.)
func textLines(_ text: String) -> [Substring] {
  text.utf8.split(separator: 10, omittingEmptySubsequences: false).map {
    Substring($0.last == 13 ? $0.dropLast() : $0)
  }
}

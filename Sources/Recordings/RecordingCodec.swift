/// JSON Lines: a header, one event a line, and a last line that counts them.
///
/// ```
/// {"format":"backstep-recording","version":1,"program":"p.py","source":"…","whole_limit":4096}
/// {"event":"statement","span":[1,0,1,12]}
/// {"end":1}
/// ```
/// Readable with `jq`, streamable, appendable. A file without its last line was cut off: reading it says so,
/// and can be told to take what is intact.
extension Recording {
  static let formatName = "backstep-recording"

  /// The whole recording as bytes for a file.
  public func encoded() -> [UInt8] {
    var json = JSONWriter(reservingBytes: events.count * 160 + source.utf8.count + 256)
    json.object {
      $0.field("format", Recording.formatName)
      $0.field("version", Recording.formatVersion)
      $0.field("program", program)
      $0.field("source", source)
      $0.field("whole_limit", policy.wholeLimit)
      $0.field("thinned", ifPresent: thinning)
    }
    json.newline()
    for event in events {
      event.encode(into: &json)
      json.newline()
    }
    json.object { $0.field("end", events.count) }
    json.newline()
    return json.bytes
  }

  /// Reads a recording. Throws ``RecordingError``.
  ///
  /// - Parameter salvaging: take the intact events of a file that was cut off.
  public init(decoding bytes: [UInt8], salvaging: Bool = false) throws(RecordingError) {
    var lines = LineReader(bytes: bytes)
    guard let first = lines.next() else { throw .empty }
    self = try Recording.header(first)
    while let line = lines.next() {
      switch try Recording.decodeLine(line, number: lines.number, isLast: lines.isAtEnd) {
      case .event(let event): events.append(event)
      case .end(let count):
        guard count == events.count else {
          throw .wrongCount(stated: count, found: events.count)
        }
        if !lines.isAtEnd { throw .afterEnd(line: lines.number + 1) }
        return
      case .cutOff:
        if salvaging { return }
        throw .truncated(line: lines.number, intact: events.count)
      }
    }
    if !salvaging { throw .truncated(line: lines.number, intact: events.count) }
  }

  /// Whether bytes look like a recording rather than a program.
  public static func looksLikeRecording(_ bytes: [UInt8]) -> Bool {
    bytes.first { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 } == UInt8(ascii: "{")
      && bytes.prefix(200).contains(UInt8(ascii: ":"))
  }

  private static func header(_ line: ArraySlice<UInt8>) throws(RecordingError) -> Recording {
    let object: JSONObject
    do { object = try JSONObject(json: try JSONParser.parse(line)) } catch { throw .notARecording }
    guard let format = try? object.get("format") as String, format == formatName else {
      throw .notARecording
    }
    do {
      let version: Int = try object.get("version")
      guard version <= formatVersion else { throw RecordingError.newer(version: version) }
      return Recording(
        program: try object.get("program"), source: try object.get("source"),
        policy: CapturePolicy(wholeLimit: try object.getIfPresent("whole_limit") ?? 4096),
        thinning: try object.getIfPresent("thinned"), events: [])
    } catch let error as RecordingError {
      throw error
    } catch let error as JSONError {
      throw .malformed(line: 1, cause: error)
    } catch {
      throw .notARecording
    }
  }

  private enum Line {
    case event(Event)
    case end(Int)
    case cutOff
  }

  private static func decodeLine(
    _ line: ArraySlice<UInt8>, number: Int, isLast: Bool
  ) throws(RecordingError) -> Line {
    do {
      let object = try JSONObject(json: try JSONParser.parse(line))
      if let count: Int = try object.getIfPresent("end") { return .end(count) }
      let kind: String = try object.get("event")
      guard let type = Event.Body.payloadType(kind) else {
        throw RecordingError.unknownEvent(kind: kind, line: number)
      }
      return .event(Event(span: try object.getIfPresent("span"), body: try type.read(object)))
    } catch let error as RecordingError {
      throw error
    } catch let error as JSONError {
      if isLast, error == .truncated { return .cutOff }
      throw .malformed(line: number, cause: error)
    } catch {
      throw .malformed(line: number, cause: .truncated)
    }
  }
}

extension Event {
  /// Writes the event as one JSON object.
  public func encode(into json: inout JSONWriter) {
    json.object {
      let payload = body.payload
      $0.key("event")
      $0.string("\(type(of: payload).kind)")
      $0.field("span", ifPresent: span)
      payload.encode(into: &$0)
    }
  }
}

/// What can be wrong with a recording on disk.
public enum RecordingError: Error, Equatable, Sendable {
  case empty
  case notARecording
  case newer(version: Int)
  case unknownEvent(kind: String, line: Int)
  case malformed(line: Int, cause: JSONError)
  /// The file ends before its last line; so many events before that are intact.
  case truncated(line: Int, intact: Int)
  case wrongCount(stated: Int, found: Int)
  case afterEnd(line: Int)
}

/// Hands out the lines of a buffer, without copying.
private struct LineReader {
  let bytes: [UInt8]
  private var at = 0
  /// The number of the line handed out last, from 1.
  private(set) var number = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool {
    bytes[at...].allSatisfy { $0 == 10 || $0 == 13 || $0 == 32 }
  }

  mutating func next() -> ArraySlice<UInt8>? {
    while at < bytes.count {
      let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
      let line = bytes[at..<end]
      at = min(end + 1, bytes.count)
      number += 1
      if !line.allSatisfy({ $0 == 32 || $0 == 13 }) { return line }
    }
    return nil
  }
}

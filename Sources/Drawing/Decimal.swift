#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a coordinate the way dumps and SVG do: at most `places` decimals (0…6), no trailing
/// zeros, never `-0`, never an exponent.
///
///     decimal(12.5000, 2)  // "12.5"
///     decimal(-0.001, 2)   // "0"
public func decimal(_ value: Double, _ places: Int = 2) -> String {
  if value.isNaN { return "nan" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  let places = min(max(places, 0), 6)
  var scale = 1
  for _ in 0..<places { scale *= 10 }
  let scaled = (value.magnitude * Double(scale)).rounded()
  guard scaled < 1e15 else { return value < 0 ? "-1e9" : "1e9" }  // far outside any scene
  let whole = Int(scaled)
  guard whole != 0 else { return "0" }
  var text = (value < 0 ? "-" : "") + String(whole / scale)
  var fraction = whole % scale
  guard fraction != 0 else { return text }
  var digits = places
  while fraction % 10 == 0 {
    fraction /= 10
    digits -= 1
  }
  let tail = String(fraction)
  text += "." + String(repeating: "0", count: max(digits - tail.count, 0)) + tail
  return text
}

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

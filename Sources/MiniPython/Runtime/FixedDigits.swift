/// Decimal digits of a number, correctly rounded, for hosts that print numbers themselves.
public enum FixedDigits {
  /// `%.3f`
  public static func fixed(_ x: Double, _ places: Int) -> String { Numbers.printf("%.*f", places, x) }
  /// `%.3e`
  public static func scientific(_ x: Double, _ places: Int) -> String { Numbers.printf("%.*e", places, x) }
}

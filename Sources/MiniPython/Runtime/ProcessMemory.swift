#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the process takes of the machine's memory.
enum ProcessMemory {
  /// The most bytes it held so far.
  static var highest: Int {
    var usage = rusage()
    #if canImport(Darwin)
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : 0
    #elseif canImport(Musl)
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) << 10 : 0
    #else
      return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? Int(usage.ru_maxrss) << 10 : 0
    #endif
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs work on a thread with a stack of half a gigabyte.
///
/// Programs nest: calls from the host back into the program, reprs, and above all the release of long chains
/// of objects. The memory is only reserved; pages that are never touched cost nothing.
public enum LargeStack {
  public static let byteCount = 512 << 20

  private final class Box {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  #if canImport(Darwin)
    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
      argument in
      Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }
  #else
    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
      argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }
  #endif

  /// Runs the body to its end on such a thread; on this one where no thread can be had.
  public static func run<Result>(_ body: () -> Result) -> Result {
    withoutActuallyEscaping(body) { body in
      var result: Result?
      let box = Unmanaged.passRetained(Box { result = body() })
      withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { attributes in
        guard let attributes = attributes.baseAddress else { return }
        pthread_attr_init(attributes)
        pthread_attr_setstacksize(attributes, byteCount)
        #if canImport(Darwin)
          var thread: pthread_t?
          let status = pthread_create(&thread, attributes, entry, box.toOpaque())
          if status == 0, let thread { pthread_join(thread, nil) }
        #else
          var thread: pthread_t = 0
          let status = pthread_create(&thread, attributes, entry, box.toOpaque())
          if status == 0 { pthread_join(thread, nil) }
        #endif
        pthread_attr_destroy(attributes)
      }
      if let result { return result }
      box.release()
      return body()
    }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the process takes of the machine's memory.
enum ProcessMemory {
  /// The bytes it holds now.
  ///
  /// Not the most it ever held: Linux counts what the process that started this one held into that.
  static var resident: Int {
    #if canImport(Darwin)
      var info = mach_task_basic_info()
      let words = MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size
      var count = mach_msg_type_number_t(words)
      let status = withUnsafeMutablePointer(to: &info) { info in
        info.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
          task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
        }
      }
      return status == KERN_SUCCESS ? Int(info.resident_size) : 0
    #else
      let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return 0 }
      defer { close(file) }
      // Two numbers of pages: the address space, and what of it is in memory.
      var text = [UInt8](repeating: 0, count: 64)
      let n = read(file, &text, text.count)
      let fields = text.prefix(max(n, 0)).split(separator: UInt8(ascii: " "))
      guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
      return pages * sysconf(Int32(_SC_PAGESIZE))
    #endif
  }
}

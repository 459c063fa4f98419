#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opens files with the program the desktop has for them.
enum Opener {
  /// Starts the program and does not wait for it. `false` where there is no desktop or no such program.
  static func open(_ path: String) -> Bool {
    #if os(macOS)
      let command = "open"
    #else
      guard environment("DISPLAY") != nil || environment("WAYLAND_DISPLAY") != nil else { return false }
      let command = "xdg-open"
    #endif
    guard let program = find(command) else { return false }
    // A path that begins with a dash would be an option.
    let target = path.hasPrefix("-") ? "./\(path)" : path
    return spawn(program, [command, target])
  }

  private static func find(_ command: String) -> String? {
    for folder in (environment("PATH") ?? "").split(separator: ":") {
      let path = "\(folder)/\(command)"
      if access(path, X_OK) == 0 { return path }
    }
    return nil
  }

  /// Its words go nowhere: the screen is in use.
  private static func spawn(_ program: String, _ arguments: [String]) -> Bool {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    // The player blocks signals; its children should not.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var pointers = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var child = pid_t()
    #if canImport(Darwin)
      let variables = _NSGetEnviron().pointee
    #else
      let variables = environ
    #endif
    return posix_spawn(&child, program, &actions, &attributes, &pointers, variables) == 0
  }
}

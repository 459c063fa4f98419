extension WrittenLibrary {
  /// `threading`.
  static let threading = WrittenModule(
    name: "threading",
    source: #"""
      import sys as _sys
      import _support

      class _Lock:
          def __init__(self): self._held = 0
          def acquire(self, blocking=True, timeout=-1):
              self._held += 1
              return True
          def release(self):
              if not self._held: raise RuntimeError("release unlocked lock")
              self._held -= 1
          def locked(self): return self._held > 0
          def __enter__(self): return self.acquire()
          def __exit__(self, *args): self.release()
      def Lock(): return _Lock()
      def RLock(): return _Lock()
      class Event:
          def __init__(self): self._set = False
          def set(self): self._set = True
          def clear(self): self._set = False
          def is_set(self): return self._set
          def wait(self, timeout=None): return self._set
      class Semaphore(_Lock):
          def __init__(self, value=1): self._held = 0
      BoundedSemaphore = Semaphore
      _count = [0]
      class Thread:
          # A thread here runs whole when it is started.
          def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
              self._target, self._args, self._kwargs, self.daemon = target, args, kwargs or {}, bool(daemon)
              if name is None:
                  _count[0] += 1
                  name = "Thread-%d%s" % (_count[0], " (%s)" % target.__name__ if hasattr(target, "__name__") else "")
              self.name = str(name)
              self._started, self.ident = False, None
          def run(self):
              if self._target is not None: self._target(*self._args, **self._kwargs)
          def start(self):
              if self._started: raise RuntimeError("threads can only be started once")
              self._started, self.ident = True, _count[0]
              before, _now[0] = _now[0], self
              try: self.run()
              except SystemExit: pass
              except BaseException as e:
                  # What the program has put in its place.
                  _support.current("threading", "excepthook", excepthook)(ExceptHookArgs((type(e), e, e.__traceback__, self)))
              finally: _now[0] = before
          def join(self, timeout=None):
              if not self._started: raise RuntimeError("cannot join thread before it is started")
          def is_alive(self): return False
      class _MainThread(Thread):
          def __init__(self):
              self.name, self.daemon, self._started, self.ident = "MainThread", False, True, 1
      _main = _MainThread()
      _now = [_main]
      def current_thread(): return _now[0]
      def main_thread(): return _main
      def active_count(): return 1
      def get_ident(): return 1
      def enumerate(): return [_main]
      class local: pass
      class ExceptHookArgs:
          def __init__(self, args): self.exc_type, self.exc_value, self.exc_traceback, self.thread = args
      def excepthook(args):
          _sys.stderr.write("Exception in thread %s:\n" % args.thread.name + _support.traceback_text(args.exc_value))
      class Timer(Thread):
          # Its time has come when it is started.
          def __init__(self, interval, function, args=None, kwargs=None):
              Thread.__init__(self, target=function, args=args or (), kwargs=kwargs)
              self.interval = interval
          def cancel(self): pass
      class Barrier:
          def __init__(self, parties, action=None, timeout=None): self.parties, self.n_waiting, self.broken = parties, 0, False
          def wait(self, timeout=None): return 0
          def reset(self): pass
      class Condition(_Lock):
          def __init__(self, lock=None): self._held = 0
          def wait(self, timeout=None): return True
          def wait_for(self, predicate, timeout=None): return predicate()
          def notify(self, n=1): pass
          def notify_all(self): pass
      """#)
}

extension WrittenLibrary {
  /// `logging`.
  static let logging = WrittenModule(
    name: "logging",
    source: #"""
      import sys as _sys
      import time as _time
      import _support

      CRITICAL = FATAL = 50
      ERROR = 40
      WARNING = WARN = 30
      INFO = 20
      DEBUG = 10
      NOTSET = 0
      BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"
      raiseExceptions = True
      _names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}
      _numbers = {"CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARN": 30, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
      _shared = {"off": 0}

      def getLevelName(level):
          if level in _names: return _names[level]
          if level in _numbers: return _numbers[level]
          return "Level %s" % level
      def getLevelNamesMapping(): return dict(_numbers)
      def addLevelName(level, name):
          _names[level] = name
          _numbers[name] = level

      def _level(level):
          if isinstance(level, int): return level
          if isinstance(level, str):
              if level not in _numbers: raise ValueError("Unknown level: %r" % level)
              return _numbers[level]
          raise TypeError("Level not an integer or a valid string: %r" % (level,))

      class LogRecord:
          def __init__(self, name, level, pathname, lineno, msg, args, exc_info, func=None, sinfo=None, **kwargs):
              self.name, self.msg = name, msg
              if args and len(args) == 1 and isinstance(args[0], dict) and args[0]: args = args[0]
              self.args, self.levelno, self.levelname = args, level, getLevelName(level)
              self.pathname, self.lineno, self.funcName = pathname, lineno, func
              self.filename = pathname.rsplit("/", 1)[-1]
              self.module = self.filename.rsplit(".", 1)[0]
              self.exc_info, self.exc_text, self.stack_info = exc_info, None, sinfo
              self.created = _time.time()
              self.msecs = int((self.created - int(self.created)) * 1000) + 0.0
              self.relativeCreated = self.created * 1000
              self.thread, self.threadName, self.process, self.processName = 1, "MainThread", 1, "MainProcess"
          def getMessage(self):
              text = str(self.msg)
              return text % self.args if self.args else text
          def __repr__(self): return '<LogRecord: %s, %s, %s, %s, "%s">' % (self.name, self.levelno, self.pathname, self.lineno, self.msg)

      class Formatter:
          default_time_format = "%Y-%m-%d %H:%M:%S"
          default_msec_format = "%s,%03d"
          def __init__(self, fmt=None, datefmt=None, style="%", validate=True, *, defaults=None):
              if style not in "%{$": raise ValueError("Style must be one of: %,{,$")
              self._fmt = fmt or {"%": "%(message)s", "{": "{message}", "$": "${message}"}[style]
              self.datefmt, self._style, self._defaults = datefmt, style, defaults or {}
          def formatTime(self, record, datefmt=None):
              if datefmt: return _time.strftime(datefmt, _time.localtime(record.created))
              return self.default_msec_format % (_time.strftime(self.default_time_format, _time.localtime(record.created)), record.msecs)
          def formatException(self, ei): return _support.traceback_text(ei[1]).rstrip("\n")
          def usesTime(self): return "asctime" in self._fmt
          def formatMessage(self, record):
              values = {**self._defaults, **record.__dict__}
              if self._style == "%": return self._fmt % values
              if self._style == "{": return self._fmt.format(**values)
              import string
              return string.Template(self._fmt).substitute(**values)
          def format(self, record):
              record.message = record.getMessage()
              if self.usesTime(): record.asctime = self.formatTime(record, self.datefmt)
              text = self.formatMessage(record)
              if record.exc_info and not record.exc_text: record.exc_text = self.formatException(record.exc_info)
              if record.exc_text:
                  if text[-1:] != "\n": text += "\n"
                  text += record.exc_text
              return text

      class Filter:
          def __init__(self, name=""): self.name = name
          def filter(self, record):
              return not self.name or record.name == self.name or record.name.startswith(self.name + ".")

      class Filterer:
          def __init__(self): self.filters = []
          def addFilter(self, filter):
              if filter not in self.filters: self.filters.append(filter)
          def removeFilter(self, filter):
              if filter in self.filters: self.filters.remove(filter)
          def filter(self, record):
              for f in self.filters:
                  if not (f.filter(record) if hasattr(f, "filter") else f(record)): return False
              return True

      _plain = Formatter()

      class Handler(Filterer):
          def __init__(self, level=NOTSET):
              Filterer.__init__(self)
              self.level, self.formatter, self.name = _level(level), None, None
          def setLevel(self, level): self.level = _level(level)
          def setFormatter(self, fmt): self.formatter = fmt
          def format(self, record): return (self.formatter or _plain).format(record)
          def emit(self, record): raise NotImplementedError("emit must be implemented by Handler subclasses")
          def handle(self, record):
              kept = self.filter(record)
              if kept: self.emit(record)
              return kept
          def flush(self): pass
          def close(self): pass
          def acquire(self): pass
          def release(self): pass
          def handleError(self, record):
              if not raiseExceptions: return
              text = "--- Logging error ---\n" + _support.traceback_text(_sys.exc_info()[1]) + "Call stack:\n"
              for path, line, function, code in _support.stack():
                  text += '  File "%s", line %s, in %s\n' % (path, line, function) + ("    %s\n" % code if code else "")
              _sys.stderr.write(text + "Message: %r\nArguments: %s\n" % (record.msg, record.args))
          def get_name(self): return self.name
          def set_name(self, name): self.name = name
          def __repr__(self): return "<%s (%s)>" % (type(self).__name__, getLevelName(self.level))

      class StreamHandler(Handler):
          terminator = "\n"
          def __init__(self, stream=None):
              Handler.__init__(self)
              self.stream = _sys.stderr if stream is None else stream
          def setStream(self, stream):
              old, self.stream = self.stream, stream
              return old
          def emit(self, record):
              try: self.stream.write(self.format(record) + self.terminator)
              except RecursionError: raise
              except Exception: self.handleError(record)
          def __repr__(self):
              name = str(getattr(self.stream, "name", ""))
              return "<%s %s(%s)>" % (type(self).__name__, name and name + " ", getLevelName(self.level))

      class FileHandler(StreamHandler):
          def __init__(self, filename, mode="a", encoding=None, delay=False, errors=None):
              self.baseFilename = str(filename)
              StreamHandler.__init__(self, open(filename, mode))
          def close(self): self.stream.close()
          def __repr__(self): return "<%s %s (%s)>" % (type(self).__name__, self.baseFilename, getLevelName(self.level))

      class NullHandler(Handler):
          def handle(self, record): pass
          def emit(self, record): pass
          def __repr__(self): return "<NullHandler (%s)>" % getLevelName(self.level)

      lastResort = StreamHandler()
      lastResort.setLevel(WARNING)

      class Logger(Filterer):
          def __init__(self, name, level=NOTSET):
              Filterer.__init__(self)
              self.name, self.level, self.parent, self.propagate, self.handlers, self.disabled = name, _level(level), None, True, [], False
          def setLevel(self, level): self.level = _level(level)
          def getEffectiveLevel(self):
              logger = self
              while logger:
                  if logger.level: return logger.level
                  logger = logger.parent
              return NOTSET
          def isEnabledFor(self, level):
              return not self.disabled and level > _shared["off"] and level >= self.getEffectiveLevel()
          def debug(self, msg, *args, **kwargs): self._write(DEBUG, msg, args, **kwargs)
          def info(self, msg, *args, **kwargs): self._write(INFO, msg, args, **kwargs)
          def warning(self, msg, *args, **kwargs): self._write(WARNING, msg, args, **kwargs)
          def warn(self, msg, *args, **kwargs): self._write(WARNING, msg, args, **kwargs)
          def error(self, msg, *args, **kwargs): self._write(ERROR, msg, args, **kwargs)
          def critical(self, msg, *args, **kwargs): self._write(CRITICAL, msg, args, **kwargs)
          fatal = critical
          def exception(self, msg, *args, exc_info=True, **kwargs): self._write(ERROR, msg, args, exc_info=exc_info, **kwargs)
          def log(self, level, msg, *args, **kwargs):
              if not isinstance(level, int): raise TypeError("level must be an integer")
              self._write(level, msg, args, **kwargs)
          def _write(self, level, msg, args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
              if not self.isEnabledFor(level): return
              if exc_info:
                  if isinstance(exc_info, BaseException): exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
                  elif not isinstance(exc_info, tuple): exc_info = _sys.exc_info()
              path, line, function = _support.place()
              record = LogRecord(self.name, level, path, line, msg, args, exc_info or None, function)
              for k, v in (extra or {}).items(): record.__dict__[k] = v; setattr(record, k, v)
              self.handle(record)
          def makeRecord(self, *args, **kwargs): return LogRecord(*args, **kwargs)
          def handle(self, record):
              if not self.disabled and self.filter(record): self.callHandlers(record)
          def addHandler(self, hdlr):
              if hdlr not in self.handlers: self.handlers.append(hdlr)
          def removeHandler(self, hdlr):
              if hdlr in self.handlers: self.handlers.remove(hdlr)
          def hasHandlers(self):
              logger = self
              while logger:
                  if logger.handlers: return True
                  if not logger.propagate: return False
                  logger = logger.parent
              return False
          def callHandlers(self, record):
              logger, found = self, 0
              while logger:
                  for h in logger.handlers:
                      found += 1
                      if record.levelno >= h.level: h.handle(record)
                  logger = logger.parent if logger.propagate else None
              if not found and record.levelno >= lastResort.level: lastResort.handle(record)
          def getChild(self, suffix): return getLogger(suffix if self is root else self.name + "." + suffix)
          def __repr__(self): return "<%s %s (%s)>" % (type(self).__name__, self.name, getLevelName(self.getEffectiveLevel()))

      class RootLogger(Logger):
          def __init__(self, level): Logger.__init__(self, "root", level)

      root = RootLogger(WARNING)
      _loggers = {}

      def getLogger(name=None):
          if not name or name == "root": return root
          if not isinstance(name, str): raise TypeError("A logger name must be a string")
          if name in _loggers: return _loggers[name]
          logger = _loggers[name] = Logger(name)
          for other in _loggers.values():
              parent, at = root, other.name
              while "." in at:
                  at = at.rpartition(".")[0]
                  if at in _loggers:
                      parent = _loggers[at]
                      break
              other.parent = parent
          return logger

      class LoggerAdapter:
          def __init__(self, logger, extra=None): self.logger, self.extra = logger, extra
          def process(self, msg, kwargs):
              kwargs["extra"] = self.extra
              return msg, kwargs
          def log(self, level, msg, *args, **kwargs):
              msg, kwargs = self.process(msg, kwargs)
              self.logger.log(level, msg, *args, **kwargs)
          def debug(self, msg, *args, **kwargs): self.log(DEBUG, msg, *args, **kwargs)
          def info(self, msg, *args, **kwargs): self.log(INFO, msg, *args, **kwargs)
          def warning(self, msg, *args, **kwargs): self.log(WARNING, msg, *args, **kwargs)
          def error(self, msg, *args, **kwargs): self.log(ERROR, msg, *args, **kwargs)
          def critical(self, msg, *args, **kwargs): self.log(CRITICAL, msg, *args, **kwargs)

      def getLoggerClass(): return Logger

      def basicConfig(**kwargs):
          force, handlers = kwargs.pop("force", False), kwargs.pop("handlers", None)
          stream, filename, mode = kwargs.pop("stream", None), kwargs.pop("filename", None), kwargs.pop("filemode", "a")
          form, datefmt, style, level = kwargs.pop("format", None), kwargs.pop("datefmt", None), kwargs.pop("style", "%"), kwargs.pop("level", None)
          kwargs.pop("encoding", None)
          kwargs.pop("errors", None)
          if kwargs: raise ValueError("Unrecognised argument(s): %s" % ", ".join(kwargs))
          if force: root.handlers = []
          if root.handlers: return
          if handlers is None:
              if stream is not None and filename is not None: raise ValueError("'stream' and 'filename' should not be specified together")
              handlers = [FileHandler(filename, mode) if filename else StreamHandler(stream)]
          made = Formatter(form or {"%": BASIC_FORMAT, "{": "{levelname}:{name}:{message}", "$": "${levelname}:${name}:${message}"}[style], datefmt, style)
          for h in handlers:
              if h.formatter is None: h.setFormatter(made)
              root.addHandler(h)
          if level is not None: root.setLevel(level)

      def _at_root(level, msg, args, kwargs):
          if not root.handlers: basicConfig()
          root._write(level, msg, args, **kwargs)
      def debug(msg, *args, **kwargs): _at_root(DEBUG, msg, args, kwargs)
      def info(msg, *args, **kwargs): _at_root(INFO, msg, args, kwargs)
      def warning(msg, *args, **kwargs): _at_root(WARNING, msg, args, kwargs)
      def warn(msg, *args, **kwargs): _at_root(WARNING, msg, args, kwargs)
      def error(msg, *args, **kwargs): _at_root(ERROR, msg, args, kwargs)
      def critical(msg, *args, **kwargs): _at_root(CRITICAL, msg, args, kwargs)
      fatal = critical
      def log(level, msg, *args, **kwargs): _at_root(level, msg, args, kwargs)
      def exception(msg, *args, exc_info=True, **kwargs): _at_root(ERROR, msg, args, {"exc_info": exc_info, **kwargs})
      def disable(level=CRITICAL): _shared["off"] = _level(level)
      def shutdown(): pass
      def captureWarnings(capture): pass
      """#)
}

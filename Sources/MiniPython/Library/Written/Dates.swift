extension WrittenLibrary {
  /// `datetime`.
  static let dates = WrittenModule(
    name: "datetime",
    source: #"""
      import time as _time
      import math as _math

      MINYEAR = 1
      MAXYEAR = 9999
      _before = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
      _lengths = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      _months = ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
      _days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

      def _leap(y): return y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
      def _length(y, m): return 29 if m == 2 and _leap(y) else _lengths[m]
      def _ordinal(y, m, d):
          k = y - 1
          return k * 365 + k // 4 - k // 100 + k // 400 + _before[m] + (1 if m > 2 and _leap(y) else 0) + d

      def _from_ordinal(n):
          n -= 1
          cycles, n = divmod(n, 146097)
          centuries, n = divmod(n, 36524)
          fours, n = divmod(n, 1461)
          years, n = divmod(n, 365)
          y = cycles * 400 + centuries * 100 + fours * 4 + years + 1
          if years == 4 or centuries == 4: return y - 1, 12, 31
          m = 1
          while n >= _length(y, m):
              n -= _length(y, m)
              m += 1
          return y, m, n + 1

      def _whole(value):
          try: return value.__index__() if not isinstance(value, int) else int(value)
          except AttributeError: pass
          raise TypeError("'%s' object cannot be interpreted as an integer" % type(value).__name__)

      def _check_date(y, m, d):
          y, m, d = _whole(y), _whole(m), _whole(d)
          if not 1 <= y <= 9999: raise ValueError("year %d is out of range" % y)
          if not 1 <= m <= 12: raise ValueError("month must be in 1..12")
          if not 1 <= d <= _length(y, m): raise ValueError("day is out of range for month")
          return y, m, d

      def _check_time(h, m, s, us):
          h, m, s, us = _whole(h), _whole(m), _whole(s), _whole(us)
          if not 0 <= h <= 23: raise ValueError("hour must be in 0..23")
          if not 0 <= m <= 59: raise ValueError("minute must be in 0..59")
          if not 0 <= s <= 59: raise ValueError("second must be in 0..59")
          if not 0 <= us <= 999999: raise ValueError("microsecond must be in 0..999999")
          return h, m, s, us

      def _no_order(a, b, op):
          if isinstance(a, date) and isinstance(b, date):
              if not isinstance(a, datetime): a, b = b, a
              raise TypeError("can't compare %s to %s" % (_named(a), _named(b)))
          raise TypeError("'%s' not supported between instances of '%s' and '%s'" % (op, _named(a), _named(b)))
      def _named(v):
          k = type(v)
          return "datetime." + k.__name__ if k.__module__ == "datetime" else k.__name__

      class timedelta:
          def __new__(cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
              for name, v in (("days", days), ("seconds", seconds), ("microseconds", microseconds), ("milliseconds", milliseconds), ("minutes", minutes), ("hours", hours), ("weeks", weeks)):
                  if not isinstance(v, (int, float)):
                      raise TypeError("unsupported type for timedelta %s component: %s" % (name, type(v).__name__))
              total, rest = 0, 0.0
              for v, unit in ((days, 86400000000), (seconds, 1000000), (microseconds, 1), (milliseconds, 1000), (minutes, 60000000), (hours, 3600000000), (weeks, 604800000000)):
                  if isinstance(v, int): total += v * unit
                  else:
                      whole = _math.floor(v)
                      total += whole * unit
                      rest += (v - whole) * unit
              total += round(rest)
              return cls._of(total)

          @classmethod
          def _of(cls, total):
              self = object.__new__(cls)
              days, total = divmod(total, 86400000000)
              if abs(days) > 999999999: raise OverflowError("days=%d; must have magnitude <= 999999999" % days)
              self._days, self._seconds, self._microseconds = days, total // 1000000, total % 1000000
              return self

          @property
          def days(self): return self._days
          @property
          def seconds(self): return self._seconds
          @property
          def microseconds(self): return self._microseconds
          def _total(self): return (self._days * 86400 + self._seconds) * 1000000 + self._microseconds
          def total_seconds(self): return self._total() / 10 ** 6

          def __repr__(self):
              parts = []
              if self._days: parts.append("days=%d" % self._days)
              if self._seconds: parts.append("seconds=%d" % self._seconds)
              if self._microseconds: parts.append("microseconds=%d" % self._microseconds)
              return "datetime.%s(%s)" % (type(self).__qualname__, ", ".join(parts) or "0")

          def __str__(self):
              m, s = divmod(self._seconds, 60)
              h, m = divmod(m, 60)
              text = "%d:%02d:%02d" % (h, m, s)
              if self._days: text = "%d day%s, " % (self._days, "" if abs(self._days) == 1 else "s") + text
              if self._microseconds: text += ".%06d" % self._microseconds
              return text

          def __add__(self, other): return timedelta._of(self._total() + other._total()) if isinstance(other, timedelta) else NotImplemented
          __radd__ = __add__
          def __sub__(self, other): return timedelta._of(self._total() - other._total()) if isinstance(other, timedelta) else NotImplemented
          def __neg__(self): return timedelta._of(-self._total())
          def __pos__(self): return self
          def __abs__(self): return timedelta._of(abs(self._total()))
          def __mul__(self, k):
              if isinstance(k, int): return timedelta._of(self._total() * k)
              if isinstance(k, float):
                  top, bottom = k.as_integer_ratio()
                  return timedelta._of(_rounded(self._total() * top, bottom))
              return NotImplemented
          __rmul__ = __mul__
          def __truediv__(self, k):
              if isinstance(k, timedelta): return self._total() / k._total()
              if isinstance(k, int): return timedelta._of(_rounded(self._total(), k))
              if isinstance(k, float):
                  top, bottom = k.as_integer_ratio()
                  return timedelta._of(_rounded(self._total() * bottom, top))
              return NotImplemented
          def __floordiv__(self, k):
              if isinstance(k, timedelta): return self._total() // k._total()
              if isinstance(k, int): return timedelta._of(self._total() // k)
              return NotImplemented
          def __mod__(self, k): return timedelta._of(self._total() % k._total()) if isinstance(k, timedelta) else NotImplemented
          def __divmod__(self, k):
              if not isinstance(k, timedelta): return NotImplemented
              a, b = divmod(self._total(), k._total())
              return a, timedelta._of(b)
          def __eq__(self, other): return self._total() == other._total() if isinstance(other, timedelta) else NotImplemented
          def __lt__(self, other): return self._total() < other._total() if isinstance(other, timedelta) else _no_order(self, other, "<")
          def __le__(self, other): return self._total() <= other._total() if isinstance(other, timedelta) else _no_order(self, other, "<=")
          def __gt__(self, other): return self._total() > other._total() if isinstance(other, timedelta) else _no_order(self, other, ">")
          def __ge__(self, other): return self._total() >= other._total() if isinstance(other, timedelta) else _no_order(self, other, ">=")
          def __hash__(self): return hash(self._total())
          def __bool__(self): return self._total() != 0

      def _rounded(top, bottom):
          if bottom < 0: top, bottom = -top, -bottom
          whole, rest = divmod(top, bottom)
          if rest * 2 > bottom or rest * 2 == bottom and whole % 2: whole += 1
          return whole

      timedelta.min = timedelta(-999999999)
      timedelta.max = timedelta(days=999999999, hours=23, minutes=59, seconds=59, microseconds=999999)
      timedelta.resolution = timedelta(microseconds=1)

      class tzinfo:
          def tzname(self, dt): raise NotImplementedError("tzinfo subclass must override tzname()")
          def utcoffset(self, dt): raise NotImplementedError("tzinfo subclass must override utcoffset()")
          def dst(self, dt): raise NotImplementedError("tzinfo subclass must override dst()")

      def _offset_text(offset):
          if offset is None: return ""
          sign = "+"
          if offset.days < 0: sign, offset = "-", -offset
          m, s = divmod(offset._days * 86400 + offset._seconds, 60)
          h, m = divmod(m, 60)
          text = "%s%02d:%02d" % (sign, h, m)
          return text + (":%02d" % s if s else "")

      class timezone(tzinfo):
          def __init__(self, offset, name=None):
              if not isinstance(offset, timedelta): raise TypeError("timezone() argument 1 must be datetime.timedelta, not %s" % type(offset).__name__)
              if not timedelta(-1) < offset < timedelta(1):
                  raise ValueError("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %r." % offset)
              self._offset, self._name = offset, name
          def utcoffset(self, dt): return self._offset
          def dst(self, dt): return None
          def tzname(self, dt): return self._name if self._name is not None else "UTC" if not self._offset else "UTC" + _offset_text(self._offset)
          def __str__(self): return self.tzname(None)
          def __repr__(self):
              if not self._offset and self._name is None: return "datetime.timezone.utc"
              if self._name is None: return "datetime.timezone(%r)" % (self._offset,)
              return "datetime.timezone(%r, %r)" % (self._offset, self._name)
          def __eq__(self, other): return isinstance(other, timezone) and self._offset == other._offset
          def __hash__(self): return hash(self._offset)

      timezone.utc = timezone(timedelta(0))
      UTC = timezone.utc

      def _strftime(form, y, mo, d, h, mi, s, us, offset, zone):
          day = (_ordinal(y, mo, d) + 6) % 7
          of_year = _ordinal(y, mo, d) - _ordinal(y, 1, 1) + 1
          out, k = [], 0
          while k < len(form):
              c = form[k]
              if c != "%" or k + 1 == len(form):
                  out.append(c)
                  k += 1
                  continue
              c = form[k + 1]
              k += 2
              plain = ""
              if c == "-" and k < len(form):
                  c, plain = form[k], "-"
                  k += 1
              if c == "Y": t = str(y)
              elif c == "m": t = "%02d" % mo
              elif c == "d": t = "%02d" % d
              elif c == "e": t = "%2d" % d
              elif c == "H": t = "%02d" % h
              elif c == "I": t = "%02d" % ((h + 11) % 12 + 1)
              elif c == "M": t = "%02d" % mi
              elif c == "S": t = "%02d" % s
              elif c == "f": t = "%06d" % us
              elif c == "y": t = "%02d" % (y % 100)
              elif c == "B": t = _months[mo]
              elif c in "bh": t = _months[mo][:3]
              elif c == "A": t = _days[day]
              elif c == "a": t = _days[day][:3]
              elif c == "p": t = "AM" if h < 12 else "PM"
              elif c == "P": t = "am" if h < 12 else "pm"
              elif c == "j": t = "%03d" % of_year
              elif c == "w": t = str((day + 1) % 7)
              elif c == "u": t = str(day + 1)
              elif c == "U": t = "%02d" % ((of_year + 6 - (day + 1) % 7) // 7)
              elif c == "W": t = "%02d" % ((of_year + 6 - day) // 7)
              elif c in "GV":
                  year, week, _ = date(y, mo, d).isocalendar()
                  t = str(year) if c == "G" else "%02d" % week
              elif c == "c": t = "%s %s %2d %02d:%02d:%02d %04d" % (_days[day][:3], _months[mo][:3], d, h, mi, s, y)
              elif c == "x" or c == "D": t = "%02d/%02d/%02d" % (mo, d, y % 100)
              elif c == "X" or c == "T": t = "%02d:%02d:%02d" % (h, mi, s)
              elif c == "F": t = "%d-%02d-%02d" % (y, mo, d)
              elif c == "R": t = "%02d:%02d" % (h, mi)
              elif c == "s": t = str((_ordinal(y, mo, d) - 719163) * 86400 + h * 3600 + mi * 60 + s)
              elif c == "z": t = "" if offset is None else _offset_text(offset).replace(":", "")
              elif c == "Z": t = zone or ""
              elif c == "n": t = "\n"
              elif c == "t": t = "\t"
              elif c == "%": t = "%"
              else: t = "%" + c
              if plain and len(t) > 1: t = t.lstrip("0 ") or "0"
              out.append(t)
          return "".join(out)

      def _parse(text, form):
          import re
          patterns = {
              "Y": r"(?P<Y>\d\d\d\d)", "m": r"(?P<m>1[0-2]|0[1-9]|[1-9])", "d": r"(?P<d>3[0-1]|[1-2]\d|0[1-9]|[1-9]| [1-9])",
              "H": r"(?P<H>2[0-3]|[0-1]\d|\d)", "I": r"(?P<I>1[0-2]|0[1-9]|[1-9])", "M": r"(?P<M>[0-5]\d|\d)", "S": r"(?P<S>6[0-1]|[0-5]\d|\d)",
              "f": r"(?P<f>[0-9]{1,6})", "y": r"(?P<y>\d\d)", "j": r"(?P<j>36[0-6]|3[0-5]\d|[1-2]\d\d|0[1-9]\d|00[1-9]|[1-9]\d|0[1-9]|[1-9])",
              "B": "(?P<B>" + "|".join(_months[1:]) + ")", "b": "(?P<b>" + "|".join(m[:3] for m in _months[1:]) + ")",
              "A": "(?P<A>" + "|".join(_days) + ")", "a": "(?P<a>" + "|".join(m[:3] for m in _days) + ")", "p": "(?P<p>AM|PM)",
              "z": r"(?P<z>[+-]\d\d:?[0-5]\d(?::?[0-5]\d)?|Z)", "Z": "(?P<Z>UTC|GMT|)", "%": "%", "w": r"(?P<w>[0-6])",
          }
          form = form.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%D", "%m/%d/%y").replace("%R", "%H:%M").replace("%X", "%H:%M:%S").replace("%x", "%m/%d/%y").replace("%c", "%a %b %d %H:%M:%S %Y")
          pattern, k = "", 0
          while k < len(form):
              c = form[k]
              if c == "%":
                  if k + 1 == len(form): raise ValueError("stray %% in format '%s'" % form)
                  code = form[k + 1]
                  if code not in patterns: raise ValueError("'%s' is a bad directive in format '%s'" % (code, form))
                  pattern += patterns[code]
                  k += 2
              elif c.isspace():
                  while k < len(form) and form[k].isspace(): k += 1
                  pattern += r"\s+"
              else:
                  pattern += re.escape(c)
                  k += 1
          found = re.match(pattern, text, re.IGNORECASE)
          if not found: raise ValueError("time data %r does not match format %r" % (text, form))
          if len(text) != found.end(): raise ValueError("unconverted data remains: %s" % text[found.end():])
          g = found.groupdict()
          y, mo, d, h, mi, s, us, offset = 1900, 1, 1, 0, 0, 0, 0, None
          if g.get("Y"): y = int(g["Y"])
          if g.get("y"): y = int(g["y"]) + (2000 if int(g["y"]) <= 68 else 1900)
          if g.get("m"): mo = int(g["m"])
          if g.get("B"): mo = [m.lower() for m in _months].index(g["B"].lower())
          if g.get("b"): mo = [m[:3].lower() for m in _months].index(g["b"].lower())
          if g.get("d"): d = int(g["d"])
          if g.get("H"): h = int(g["H"])
          if g.get("I"):
              h = int(g["I"]) % 12
              if (g.get("p") or "").lower() == "pm": h += 12
          if g.get("M"): mi = int(g["M"])
          if g.get("S"): s = int(g["S"])
          if g.get("f"): us = int(g["f"].ljust(6, "0"))
          if g.get("j"): y, mo, d = _from_ordinal(_ordinal(y, 1, 1) + int(g["j"]) - 1)
          if g.get("z"):
              if g["z"] == "Z": offset = timedelta(0)
              else:
                  z = g["z"].replace(":", "")
                  offset = timedelta(hours=int(z[1:3]), minutes=int(z[3:5]))
                  if z[0] == "-": offset = -offset
          return y, mo, d, h, mi, s, us, offset

      class IsoCalendarDate(tuple):
          year = property(lambda self: self[0])
          week = property(lambda self: self[1])
          weekday = property(lambda self: self[2])
          def __repr__(self): return "datetime.IsoCalendarDate(year=%d, week=%d, weekday=%d)" % (self[0], self[1], self[2])

      class date:
          def __new__(cls, year, month=None, day=None):
              if month is None: raise TypeError("function missing required argument 'month' (pos 2)")
              if day is None: raise TypeError("function missing required argument 'day' (pos 3)")
              self = object.__new__(cls)
              self._year, self._month, self._day = _check_date(year, month, day)
              return self
          @classmethod
          def fromtimestamp(cls, t): return cls(*_from_ordinal(719163 + int(t // 86400)))
          @classmethod
          def today(cls): return cls.fromtimestamp(_time.time())
          @classmethod
          def fromordinal(cls, n):
              if n < 1: raise ValueError("ordinal must be >= 1")
              return cls(*_from_ordinal(n))
          @classmethod
          def fromisoformat(cls, text):
              if not isinstance(text, str): raise TypeError("fromisoformat: argument must be str")
              try:
                  if len(text) == 10 and text[4] == text[7] == "-": return cls(int(text[:4]), int(text[5:7]), int(text[8:]))
                  if len(text) == 8 and text.isdigit(): return cls(int(text[:4]), int(text[4:6]), int(text[6:]))
              except ValueError as e:
                  if "invalid literal" not in str(e): raise
              raise ValueError("Invalid isoformat string: %r" % text)
          @classmethod
          def fromisocalendar(cls, year, week, day):
              first = _ordinal(year, 1, 4)
              return cls.fromordinal(first - (first + 6) % 7 + (week - 1) * 7 + day - 1)
          year = property(lambda self: self._year)
          month = property(lambda self: self._month)
          day = property(lambda self: self._day)
          def toordinal(self): return _ordinal(self._year, self._month, self._day)
          def weekday(self): return (self.toordinal() + 6) % 7
          def isoweekday(self): return self.weekday() + 1
          def isocalendar(self):
              n = self.toordinal()
              thursday = n - self.weekday() + 3
              year = _from_ordinal(thursday)[0]
              return IsoCalendarDate((year, (thursday - _ordinal(year, 1, 1)) // 7 + 1, self.weekday() + 1))
          def isoformat(self): return "%04d-%02d-%02d" % (self._year, self._month, self._day)
          def __str__(self): return self.isoformat()
          def __repr__(self): return "datetime.%s(%d, %d, %d)" % (type(self).__qualname__, self._year, self._month, self._day)
          def ctime(self): return self.strftime("%c")
          def strftime(self, format): return _strftime(format, self._year, self._month, self._day, 0, 0, 0, 0, None, None)
          def __format__(self, form): return self.strftime(form) if form else str(self)
          def timetuple(self):
              return _time.struct_time((self._year, self._month, self._day, 0, 0, 0, self.weekday(), self.toordinal() - _ordinal(self._year, 1, 1) + 1, -1))
          def replace(self, year=None, month=None, day=None):
              return type(self)(self._year if year is None else year, self._month if month is None else month, self._day if day is None else day)
          def _plus(self, days):
              n = self.toordinal() + days
              if not 1 <= n <= 3652059: raise OverflowError("date value out of range")
              return type(self)(*_from_ordinal(n))
          def __add__(self, other): return self._plus(other.days) if isinstance(other, timedelta) else NotImplemented
          __radd__ = __add__
          def __sub__(self, other):
              if isinstance(other, timedelta): return self._plus(-other.days)
              if self._same(other): return timedelta(self.toordinal() - other.toordinal())
              return NotImplemented
          def _key(self): return (self._year, self._month, self._day)
          def _same(self, other): return isinstance(other, date) and not isinstance(other, datetime)
          def __eq__(self, other): return self._key() == other._key() if self._same(other) else NotImplemented
          def __lt__(self, other): return self._key() < other._key() if self._same(other) else _no_order(self, other, "<")
          def __le__(self, other): return self._key() <= other._key() if self._same(other) else _no_order(self, other, "<=")
          def __gt__(self, other): return self._key() > other._key() if self._same(other) else _no_order(self, other, ">")
          def __ge__(self, other): return self._key() >= other._key() if self._same(other) else _no_order(self, other, ">=")
          def __hash__(self): return hash(self._key())

      date.min = date(1, 1, 1)
      date.max = date(9999, 12, 31)
      date.resolution = timedelta(days=1)

      def _clock(h, m, s, us, timespec="auto"):
          if timespec == "auto": timespec = "microseconds" if us else "seconds"
          if timespec == "hours": return "%02d" % h
          if timespec == "minutes": return "%02d:%02d" % (h, m)
          if timespec == "seconds": return "%02d:%02d:%02d" % (h, m, s)
          if timespec == "milliseconds": return "%02d:%02d:%02d.%03d" % (h, m, s, us // 1000)
          if timespec == "microseconds": return "%02d:%02d:%02d.%06d" % (h, m, s, us)
          raise ValueError("Unknown timespec value")

      def _read_clock(text):
          zone = None
          for k, c in enumerate(text):
              if c in "+-Z":
                  tail, text = text[k:], text[:k]
                  if tail == "Z": zone = timezone.utc
                  else:
                      tail_sign, tail = tail[0], tail[1:].replace(":", "")
                      offset = timedelta(hours=int(tail[:2]), minutes=int(tail[2:4] or 0))
                      if not offset: zone = timezone.utc
                      else: zone = timezone(-offset if tail_sign == "-" else offset)
                  break
          part, us = text, 0
          if "." in text:
              part, fraction = text.split(".")
              us = int(fraction[:6].ljust(6, "0"))
          fields = [int(f) for f in part.split(":")] if ":" in part or len(part) == 2 else [int(part[k:k + 2]) for k in range(0, len(part), 2)]
          if not 1 <= len(fields) <= 3: raise ValueError("bad")
          h, m, s = fields + [0] * (3 - len(fields))
          return h, m, s, us, zone

      class time:
          def __new__(cls, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
              self = object.__new__(cls)
              self._hour, self._minute, self._second, self._microsecond = _check_time(hour, minute, second, microsecond)
              self._tzinfo = tzinfo
              return self
          @classmethod
          def fromisoformat(cls, text):
              try: h, m, s, us, zone = _read_clock(text.lstrip("T"))
              except ValueError: raise ValueError("Invalid isoformat string: %r" % text) from None
              return cls(h, m, s, us, zone)
          hour = property(lambda self: self._hour)
          minute = property(lambda self: self._minute)
          second = property(lambda self: self._second)
          microsecond = property(lambda self: self._microsecond)
          tzinfo = property(lambda self: self._tzinfo)
          fold = property(lambda self: 0)
          def utcoffset(self): return None if self._tzinfo is None else self._tzinfo.utcoffset(None)
          def tzname(self): return None if self._tzinfo is None else self._tzinfo.tzname(None)
          def dst(self): return None if self._tzinfo is None else self._tzinfo.dst(None)
          def isoformat(self, timespec="auto"):
              return _clock(self._hour, self._minute, self._second, self._microsecond, timespec) + _offset_text(self.utcoffset())
          def __str__(self): return self.isoformat()
          def __repr__(self):
              parts = [str(self._hour), str(self._minute)]
              if self._second or self._microsecond: parts.append(str(self._second))
              if self._microsecond: parts.append(str(self._microsecond))
              if self._tzinfo is not None: parts.append("tzinfo=%r" % self._tzinfo)
              return "datetime.%s(%s)" % (type(self).__qualname__, ", ".join(parts))
          def strftime(self, format): return _strftime(format, 1900, 1, 1, self._hour, self._minute, self._second, self._microsecond, self.utcoffset(), self.tzname())
          def __format__(self, form): return self.strftime(form) if form else str(self)
          def replace(self, hour=None, minute=None, second=None, microsecond=None, tzinfo=True):
              return type(self)(self._hour if hour is None else hour, self._minute if minute is None else minute, self._second if second is None else second,
                                self._microsecond if microsecond is None else microsecond, self._tzinfo if tzinfo is True else tzinfo)
          def _key(self): return (self._hour, self._minute, self._second, self._microsecond)
          def __eq__(self, other): return self._key() == other._key() if isinstance(other, time) else NotImplemented
          def __lt__(self, other): return self._key() < other._key() if isinstance(other, time) else _no_order(self, other, "<")
          def __le__(self, other): return self._key() <= other._key() if isinstance(other, time) else _no_order(self, other, "<=")
          def __gt__(self, other): return self._key() > other._key() if isinstance(other, time) else _no_order(self, other, ">")
          def __ge__(self, other): return self._key() >= other._key() if isinstance(other, time) else _no_order(self, other, ">=")
          def __hash__(self): return hash(self._key())

      time.min = time(0, 0, 0)
      time.max = time(23, 59, 59, 999999)
      time.resolution = timedelta(microseconds=1)
      _time_class, _tzinfo_class = time, tzinfo

      class datetime(date):
          def __new__(cls, year, month=None, day=None, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0):
              if month is None: raise TypeError("function missing required argument 'month' (pos 2)")
              if day is None: raise TypeError("function missing required argument 'day' (pos 3)")
              self = object.__new__(cls)
              self._year, self._month, self._day = _check_date(year, month, day)
              self._hour, self._minute, self._second, self._microsecond = _check_time(hour, minute, second, microsecond)
              if tzinfo is not None and not isinstance(tzinfo, _tzinfo_class):
                  raise TypeError("tzinfo argument must be None or of a tzinfo subclass, not type '%s'" % type(tzinfo).__name__)
              self._tzinfo = tzinfo
              return self
          @classmethod
          def _of(cls, total, zone=None):
              days, rest = divmod(total, 86400000000)
              if not 1 <= days <= 3652059: raise OverflowError("date value out of range")
              y, m, d = _from_ordinal(days)
              s, us = divmod(rest, 1000000)
              return cls(y, m, d, s // 3600, s // 60 % 60, s % 60, us, zone)
          @classmethod
          def fromtimestamp(cls, timestamp, tz=None):
              made = cls._of(719163 * 86400000000 + round(timestamp * 1000000))
              return made if tz is None else made.replace(tzinfo=timezone.utc).astimezone(tz)
          @classmethod
          def utcfromtimestamp(cls, timestamp): return cls.fromtimestamp(timestamp)
          @classmethod
          def now(cls, tz=None): return cls.fromtimestamp(_time.time(), tz)
          @classmethod
          def utcnow(cls): return cls.fromtimestamp(_time.time())
          @classmethod
          def combine(cls, date, time, tzinfo=True):
              return cls(date.year, date.month, date.day, time.hour, time.minute, time.second, time.microsecond, time.tzinfo if tzinfo is True else tzinfo)
          @classmethod
          def strptime(cls, text, format):
              y, mo, d, h, mi, s, us, offset = _parse(text, format)
              zone = None if offset is None else timezone.utc if not offset else timezone(offset)
              return cls(y, mo, d, h, mi, s, us, zone)
          @classmethod
          def fromisoformat(cls, text):
              if not isinstance(text, str): raise TypeError("fromisoformat: argument must be str")
              try:
                  k = 10 if "-" in text[:10] else 8
                  day = date.fromisoformat(text[:k])
                  h, m, s, us, zone = _read_clock(text[k + 1:]) if len(text) > k else (0, 0, 0, 0, None)
              except ValueError as e:
                  if "must be" in str(e) or "out of range" in str(e): raise
                  raise ValueError("Invalid isoformat string: %r" % text) from None
              return cls(day.year, day.month, day.day, h, m, s, us, zone)
          hour = property(lambda self: self._hour)
          minute = property(lambda self: self._minute)
          second = property(lambda self: self._second)
          microsecond = property(lambda self: self._microsecond)
          tzinfo = property(lambda self: self._tzinfo)
          fold = property(lambda self: 0)
          def date(self): return _date_class(self._year, self._month, self._day)
          def time(self): return _time_class(self._hour, self._minute, self._second, self._microsecond)
          def timetz(self): return _time_class(self._hour, self._minute, self._second, self._microsecond, self._tzinfo)
          def utcoffset(self): return None if self._tzinfo is None else self._tzinfo.utcoffset(self)
          def tzname(self): return None if self._tzinfo is None else self._tzinfo.tzname(self)
          def dst(self): return None if self._tzinfo is None else self._tzinfo.dst(self)
          def _micros(self):
              return self.toordinal() * 86400000000 + (self._hour * 3600 + self._minute * 60 + self._second) * 1000000 + self._microsecond
          def _utc(self):
              offset = self.utcoffset()
              return self._micros() - (0 if offset is None else offset._total())
          def timestamp(self): return (self._utc() - 719163 * 86400000000) / 10 ** 6
          def astimezone(self, tz=None):
              tz = timezone.utc if tz is None else tz
              shift = tz.utcoffset(self)
              return type(self)._of(self._utc() + shift._total(), tz)
          def isoformat(self, sep="T", timespec="auto"):
              return "%04d-%02d-%02d%s" % (self._year, self._month, self._day, sep) + _clock(self._hour, self._minute, self._second, self._microsecond, timespec) + _offset_text(self.utcoffset())
          def __str__(self): return self.isoformat(sep=" ")
          def __repr__(self):
              parts = [self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond]
              if parts[-1] == 0: parts.pop()
              if parts[-1] == 0 and len(parts) == 6: parts.pop()
              text = ", ".join(map(str, parts))
              if self._tzinfo is not None: text += ", tzinfo=%r" % self._tzinfo
              return "datetime.%s(%s)" % (type(self).__qualname__, text)
          def ctime(self): return self.strftime("%c")
          def strftime(self, format):
              return _strftime(format, self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond, self.utcoffset(), self.tzname())
          def __format__(self, form): return self.strftime(form) if form else str(self)
          def timetuple(self):
              return _time.struct_time((self._year, self._month, self._day, self._hour, self._minute, self._second, self.weekday(), self.toordinal() - _ordinal(self._year, 1, 1) + 1, -1))
          def replace(self, year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=True, *, fold=None):
              pick = lambda given, own: own if given is None else given
              return type(self)(pick(year, self._year), pick(month, self._month), pick(day, self._day), pick(hour, self._hour), pick(minute, self._minute),
                                pick(second, self._second), pick(microsecond, self._microsecond), self._tzinfo if tzinfo is True else tzinfo)
          def __add__(self, other): return type(self)._of(self._micros() + other._total(), self._tzinfo) if isinstance(other, timedelta) else NotImplemented
          __radd__ = __add__
          def __sub__(self, other):
              if isinstance(other, timedelta): return type(self)._of(self._micros() - other._total(), self._tzinfo)
              if isinstance(other, datetime):
                  self._aware(other, "can't subtract offset-naive and offset-aware datetimes")
                  return timedelta._of(self._utc() - other._utc())
              return NotImplemented
          def _aware(self, other, message):
              if (self.utcoffset() is None) != (other.utcoffset() is None): raise TypeError(message)
          def _ordered(self, other, op):
              if not isinstance(other, datetime): _no_order(self, other, op)
              self._aware(other, "can't compare offset-naive and offset-aware datetimes")
              return self._utc(), other._utc()
          def __eq__(self, other):
              if not isinstance(other, datetime): return NotImplemented if not isinstance(other, date) else False
              return (self.utcoffset() is None) == (other.utcoffset() is None) and self._utc() == other._utc()
          def __lt__(self, other):
              a, b = self._ordered(other, "<")
              return a < b
          def __le__(self, other):
              a, b = self._ordered(other, "<=")
              return a <= b
          def __gt__(self, other):
              a, b = self._ordered(other, ">")
              return a > b
          def __ge__(self, other):
              a, b = self._ordered(other, ">=")
              return a >= b
          def __hash__(self): return hash(self._utc())

      _date_class = date
      datetime.min = datetime(1, 1, 1)
      datetime.max = datetime(9999, 12, 31, 23, 59, 59, 999999)
      datetime.resolution = timedelta(microseconds=1)
      """#)
}

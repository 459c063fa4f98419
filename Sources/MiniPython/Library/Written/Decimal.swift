extension WrittenLibrary {
  /// `decimal`.
  static let decimal = WrittenModule(
    name: "decimal",
    source: #"""
      import math as _math
      import re as _re

      ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN = "ROUND_CEILING", "ROUND_DOWN", "ROUND_FLOOR", "ROUND_HALF_DOWN"
      ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP = "ROUND_HALF_EVEN", "ROUND_HALF_UP", "ROUND_UP", "ROUND_05UP"
      MAX_PREC = 999999999999999999

      class DecimalException(ArithmeticError): pass
      class Clamped(DecimalException): pass
      class InvalidOperation(DecimalException): pass
      class ConversionSyntax(InvalidOperation): pass
      class DivisionByZero(DecimalException, ZeroDivisionError): pass
      class DivisionImpossible(InvalidOperation): pass
      class DivisionUndefined(InvalidOperation, ZeroDivisionError): pass
      class Inexact(DecimalException): pass
      class Rounded(DecimalException): pass
      class Overflow(Inexact, Rounded): pass
      class Underflow(Inexact, Rounded): pass
      class FloatOperation(DecimalException, TypeError): pass

      class Context:
          def __init__(self, prec=None, rounding=None, **kw):
              self.prec = 28 if prec is None else prec
              self.rounding = ROUND_HALF_EVEN if rounding is None else rounding
              self.Emin, self.Emax, self.capitals, self.clamp = -999999, 999999, 1, 0
          def copy(self): return Context(self.prec, self.rounding)
          def create_decimal(self, num="0"): return +Decimal(num)
          def quantize(self, a, b): return a.quantize(b)
          def sqrt(self, a): return a.sqrt()
          def __repr__(self):
              return "Context(prec=%d, rounding=%s, Emin=-999999, Emax=999999, capitals=1, clamp=0, flags=[], traps=[InvalidOperation, DivisionByZero, Overflow])" % (self.prec, self.rounding)

      _now = [Context()]
      DefaultContext = BasicContext = ExtendedContext = Context()
      def getcontext(): return _now[0]
      def setcontext(context): _now[0] = context
      class localcontext:
          def __init__(self, ctx=None, **kw):
              self._made = (ctx or _now[0]).copy()
              for k, v in kw.items(): setattr(self._made, k, v)
          def __enter__(self):
              self._saved, _now[0] = _now[0], self._made
              return self._made
          def __exit__(self, *args): _now[0] = self._saved

      _form = _re.compile(r"([-+])?(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([-+]?\d+))?")

      def _cut(coefficient, drop, sign, rounding):
          # The coefficient without its last digits, rounded.
          if drop <= 0: return coefficient * 10 ** -drop
          unit = 10 ** drop
          whole, rest = divmod(coefficient, unit)
          if not rest: return whole
          twice = rest * 2
          if rounding == ROUND_HALF_EVEN: up = twice > unit or twice == unit and whole % 2 == 1
          elif rounding == ROUND_HALF_UP: up = twice >= unit
          elif rounding == ROUND_HALF_DOWN: up = twice > unit
          elif rounding == ROUND_UP: up = True
          elif rounding == ROUND_DOWN: up = False
          elif rounding == ROUND_CEILING: up = not sign
          elif rounding == ROUND_FLOOR: up = bool(sign)
          else: up = whole % 5 == 0
          return whole + up

      class DecimalTuple(tuple):
          sign = property(lambda self: self[0])
          digits = property(lambda self: self[1])
          exponent = property(lambda self: self[2])
          def __repr__(self): return "DecimalTuple(sign=%r, digits=%r, exponent=%r)" % tuple(self)

      class Decimal:
          # _kind: "" finite, "F" infinite, "n" not a number.
          def __new__(cls, value="0", context=None):
              if isinstance(value, Decimal): return cls._of(value._sign, value._int, value._exp, value._kind)
              if isinstance(value, int): return cls._of(1 if value < 0 else 0, abs(int(value)), 0)
              if isinstance(value, float):
                  if _math.isnan(value): return cls._of(0, 0, 0, "n")
                  if _math.isinf(value): return cls._of(1 if value < 0 else 0, 0, 0, "F")
                  top, bottom = abs(value).as_integer_ratio()
                  k = bottom.bit_length() - 1
                  return cls._of(1 if _math.copysign(1.0, value) < 0 else 0, top * 5 ** k, -k)
              if isinstance(value, str):
                  text = value.strip().replace("_", "")
                  found = _form.fullmatch(text)
                  if found is None:
                      bare = text.lower().lstrip("+-")
                      sign = 1 if text.startswith("-") else 0
                      if bare in ("inf", "infinity"): return cls._of(sign, 0, 0, "F")
                      if bare in ("nan", "snan"): return cls._of(sign, 0, 0, "n")
                      raise InvalidOperation([ConversionSyntax])
                  sign, whole, places, only, power = found.groups()
                  places = only if only is not None else places or ""
                  return cls._of(1 if sign == "-" else 0, int((whole or "") + places or "0"), int(power or 0) - len(places))
              if isinstance(value, (tuple, list)):
                  if len(value) != 3: raise ValueError("argument must be a sequence of length 3")
                  return cls._of(value[0], int("".join(map(str, value[1])) or "0"), value[2])
              raise TypeError("conversion from %s to Decimal is not supported" % type(value).__name__)

          @classmethod
          def _of(cls, sign, coefficient, exponent, kind=""):
              self = object.__new__(cls)
              self._sign, self._int, self._exp, self._kind = sign, coefficient, exponent, kind
              return self
          @classmethod
          def from_float(cls, f): return cls(f)

          def _fix(self):
              prec = _now[0].prec
              if self._kind: return self
              n = len(str(self._int))
              if n <= prec: return self
              drop = n - prec
              made = _cut(self._int, drop, self._sign, _now[0].rounding)
              if len(str(made)) > prec: made, drop = made // 10, drop + 1
              return Decimal._of(self._sign, made, self._exp + drop)

          def __str__(self, eng=False):
              sign = "-" if self._sign else ""
              if self._kind: return sign + ("Infinity" if self._kind == "F" else "NaN")
              digits = str(self._int)
              left = self._exp + len(digits)
              if self._exp <= 0 and left > -6: dot = left
              elif not eng: dot = 1
              elif self._int == 0: dot = (left + 1) % 3 - 1
              else: dot = (left - 1) % 3 + 1
              if dot <= 0: text = "0." + "0" * -dot + digits
              elif dot >= len(digits): text = digits + "0" * (dot - len(digits))
              else: text = digits[:dot] + "." + digits[dot:]
              return sign + text + ("" if left == dot else "E%+d" % (left - dot))
          def to_eng_string(self, context=None): return self.__str__(True)
          def __repr__(self): return "Decimal('%s')" % self

          def _signed(self): return -self._int if self._sign else self._int
          def as_tuple(self):
              if self._kind: return DecimalTuple((self._sign, (0,) if self._kind == "F" else (), self._kind))
              return DecimalTuple((self._sign, tuple(map(int, str(self._int))), self._exp))
          def as_integer_ratio(self):
              if self._kind == "n": raise ValueError("cannot convert NaN to integer ratio")
              if self._kind: raise OverflowError("cannot convert Infinity to integer ratio")
              top, bottom = self._signed(), 1
              if self._exp >= 0: top *= 10 ** self._exp
              else: bottom = 10 ** -self._exp
              shared = _math.gcd(top, bottom)
              return top // shared, bottom // shared
          def is_nan(self): return self._kind == "n"
          def is_infinite(self): return self._kind == "F"
          def is_finite(self): return not self._kind
          def is_zero(self): return not self._kind and not self._int
          def is_signed(self): return bool(self._sign)
          def adjusted(self): return self._exp + len(str(self._int)) - 1
          def __bool__(self): return bool(self._kind) or bool(self._int)

          def __neg__(self):
              if not self._int and not self._kind: return Decimal._of(0, 0, self._exp)
              return Decimal._of(1 - self._sign, self._int, self._exp, self._kind)._fix()
          def __pos__(self): return (self if self._int or self._kind else Decimal._of(0, 0, self._exp))._fix()
          def __abs__(self): return Decimal._of(0, self._int, self._exp, self._kind)._fix()
          def copy_abs(self): return Decimal._of(0, self._int, self._exp, self._kind)
          def copy_negate(self): return Decimal._of(1 - self._sign, self._int, self._exp, self._kind)

          def _odd(self, other):
              return bool(self._kind or other._kind)

          def _sum(self, other):
              if self._odd(other):
                  if "n" in (self._kind, other._kind): return Decimal._of(0, 0, 0, "n")
                  if self._kind and other._kind and self._sign != other._sign: raise InvalidOperation([InvalidOperation])
                  return self if self._kind else other
              exp = min(self._exp, other._exp)
              total = self._signed() * 10 ** (self._exp - exp) + other._signed() * 10 ** (other._exp - exp)
              if total == 0:
                  sign = 1 if self._sign and other._sign else 0
                  if self._sign != other._sign and _now[0].rounding == ROUND_FLOOR: sign = 1
                  return Decimal._of(sign, 0, exp)._fix()
              return Decimal._of(1 if total < 0 else 0, abs(total), exp)._fix()
          def _product(self, other):
              sign = self._sign ^ other._sign
              if self._odd(other):
                  if "n" in (self._kind, other._kind): return Decimal._of(0, 0, 0, "n")
                  if self.is_zero() or other.is_zero(): raise InvalidOperation([InvalidOperation])
                  return Decimal._of(sign, 0, 0, "F")
              return Decimal._of(sign, self._int * other._int, self._exp + other._exp)._fix()
          def _quotient(self, other):
              sign = self._sign ^ other._sign
              if self._odd(other):
                  if "n" in (self._kind, other._kind): return Decimal._of(0, 0, 0, "n")
                  if self._kind and other._kind: raise InvalidOperation([InvalidOperation])
                  return Decimal._of(sign, 0, 0, "F") if self._kind else Decimal._of(sign, 0, -1000026)
              if not other._int:
                  if not self._int: raise InvalidOperation([DivisionUndefined])
                  raise DivisionByZero([DivisionByZero])
              exp = self._exp - other._exp
              if not self._int: return Decimal._of(sign, 0, exp)
              shift = len(str(other._int)) - len(str(self._int)) + _now[0].prec + 1
              best, exp = exp, exp - shift
              if shift >= 0: whole, rest = divmod(self._int * 10 ** shift, other._int)
              else: whole, rest = divmod(self._int, other._int * 10 ** -shift)
              if rest:
                  if whole % 5 == 0: whole += 1
              else:
                  while exp < best and whole % 10 == 0: whole, exp = whole // 10, exp + 1
              return Decimal._of(sign, whole, exp)._fix()
          def _divided(self, other):
              if self._odd(other):
                  if "n" in (self._kind, other._kind):
                      nan = Decimal._of(0, 0, 0, "n")
                      return nan, nan
                  if self._kind: raise InvalidOperation([InvalidOperation])
                  return Decimal._of(self._sign ^ other._sign, 0, 0), self
              if not other._int:
                  if not self._int: raise InvalidOperation([DivisionUndefined])
                  raise DivisionByZero([DivisionByZero])
              exp = min(self._exp, other._exp)
              whole, rest = divmod(self._int * 10 ** (self._exp - exp), other._int * 10 ** (other._exp - exp))
              if whole >= 10 ** _now[0].prec: raise InvalidOperation([DivisionImpossible])
              return Decimal._of(self._sign ^ other._sign, whole, 0), Decimal._of(self._sign, rest, exp)._fix()
          def _both(self, other):
              if not self._odd(other) and not other._int and self._int: raise InvalidOperation([InvalidOperation, DivisionByZero])
              return self._divided(other)
          def _modulo(self, other):
              if not self._odd(other) and not other._int: raise InvalidOperation([InvalidOperation])
              return self._divided(other)[1]
          def _power(self, other):
              if self._odd(other): return Decimal(float(self) ** float(other))
              if other._exp >= 0 or other._int % 10 ** -other._exp == 0:
                  n = int(other)
                  if n == 0:
                      if not self._int: raise InvalidOperation([InvalidOperation])
                      return Decimal(1)
                  if not self._int:
                      if n < 0: return Decimal._of(self._sign if n % 2 else 0, 0, 0, "F")
                      return Decimal._of(self._sign if n % 2 else 0, 0, 0)
                  sign = self._sign if n % 2 else 0
                  if n > 0: return Decimal._of(sign, self._int ** n, self._exp * n)._fix()
                  whole = Decimal._of(sign, self._int ** -n, self._exp * -n)
                  return Decimal(1)._quotient(whole)
              if self._sign and self._int: raise InvalidOperation([InvalidOperation])
              if not self._int: return Decimal(0)
              if self == 1: return Decimal._of(0, 10 ** (_now[0].prec - 1), 1 - _now[0].prec)
              with localcontext() as c:
                  c.prec += 12
                  raised = (other * self.ln()).exp()
              return raised._fix()

          def _operator(work):
              def forward(self, other):
                  other = _as_decimal(other)
                  return other if other is NotImplemented else work(self, other)
              def reverse(self, other):
                  other = _as_decimal(other)
                  return other if other is NotImplemented else work(other, self)
              return forward, reverse
          __add__, __radd__ = _operator(_sum)
          __sub__, __rsub__ = _operator(lambda a, b: a._sum(b.copy_negate()))
          __mul__, __rmul__ = _operator(_product)
          __truediv__, __rtruediv__ = _operator(_quotient)
          __floordiv__, __rfloordiv__ = _operator(lambda a, b: a._divided(b)[0])
          __mod__, __rmod__ = _operator(_modulo)
          __divmod__, __rdivmod__ = _operator(_both)
          __pow__, __rpow__ = _operator(_power)

          def _compare(self, other):
              # -1, 0, 1; None where one is not a number.
              if "n" in (self._kind, other._kind): return None
              if self._kind or other._kind:
                  a = (-1 if self._sign else 1) if self._kind else 0
                  b = (-1 if other._sign else 1) if other._kind else 0
                  return (a > b) - (a < b)
              exp = min(self._exp, other._exp)
              a, b = self._signed() * 10 ** (self._exp - exp), other._signed() * 10 ** (other._exp - exp)
              return (a > b) - (a < b)
          def compare(self, other): return Decimal(self._compare(Decimal(other)))
          def _relation(test, orders=True):
              def method(self, other):
                  if isinstance(other, float): other = Decimal(other)
                  else: other = _as_decimal(other)
                  if other is NotImplemented: return other
                  found = self._compare(other)
                  if found is None:
                      if orders: raise InvalidOperation([InvalidOperation])
                      return False
                  return test(found)
              return method
          __eq__ = _relation(lambda c: c == 0, False)
          __lt__ = _relation(lambda c: c < 0)
          __le__ = _relation(lambda c: c <= 0)
          __gt__ = _relation(lambda c: c > 0)
          __ge__ = _relation(lambda c: c >= 0)
          def __hash__(self):
              if self._kind: return hash(float(self))
              if self._exp >= 0 or self == int(self): return hash(int(self))
              return hash(float(self)) if Decimal(float(self)) == self else hash((self._sign, self._int, self._exp))

          def __int__(self):
              if self._kind == "n": raise ValueError("cannot convert NaN to integer")
              if self._kind: raise OverflowError("cannot convert Infinity to integer")
              whole = self._int * 10 ** self._exp if self._exp >= 0 else self._int // 10 ** -self._exp
              return -whole if self._sign else whole
          __trunc__ = __int__
          def __float__(self): return float(str(self))
          def __complex__(self): return complex(float(self))
          def __floor__(self): return int(self._to(0, ROUND_FLOOR))
          def __ceil__(self): return int(self._to(0, ROUND_CEILING))
          def __round__(self, n=None):
              if n is None: return int(self._to(0, ROUND_HALF_EVEN))
              made = self._to(-n, ROUND_HALF_EVEN)
              if len(str(made._int)) > _now[0].prec: raise InvalidOperation([InvalidOperation])
              return made
          def _to(self, exp, rounding):
              return Decimal._of(self._sign, _cut(self._int, exp - self._exp, self._sign, rounding), exp)
          def quantize(self, exp, rounding=None, context=None):
              exp = _as_decimal(exp)
              made = self._to(exp._exp, rounding or _now[0].rounding)
              if len(str(made._int)) > _now[0].prec: raise InvalidOperation([InvalidOperation])
              return made
          def to_integral_value(self, rounding=None, context=None):
              return self if self._exp >= 0 else self._to(0, rounding or _now[0].rounding)
          to_integral = to_integral_exact = to_integral_value
          def normalize(self, context=None):
              fixed = self._fix()
              if not fixed._int: return Decimal._of(fixed._sign, 0, 0)
              whole, exp = fixed._int, fixed._exp
              while whole % 10 == 0: whole, exp = whole // 10, exp + 1
              return Decimal._of(fixed._sign, whole, exp)
          def scaleb(self, n): return Decimal._of(self._sign, self._int, self._exp + int(n))
          def max(self, other): return max(self, _as_decimal(other))
          def min(self, other): return min(self, _as_decimal(other))
          def sqrt(self, context=None):
              if self._kind == "F" and not self._sign or self._kind == "n": return self
              if self._sign and self._int: raise InvalidOperation([InvalidOperation])
              if not self._int: return Decimal._of(self._sign, 0, self._exp // 2)
              prec = _now[0].prec + 1
              exp, whole = self._exp >> 1, self._int
              if self._exp & 1: whole, length = whole * 10, (len(str(whole)) >> 1) + 1
              else: length = len(str(whole)) + 1 >> 1
              shift = prec - length
              if shift >= 0: whole, exact = whole * 100 ** shift, True
              else:
                  whole, rest = divmod(whole, 100 ** -shift)
                  exact = not rest
              exp -= shift
              n = _math.isqrt(whole)
              exact = exact and n * n == whole
              if exact:
                  if shift >= 0: n //= 10 ** shift
                  else: n *= 10 ** -shift
                  exp += shift
              elif n % 5 == 0: n += 1
              made = Decimal._of(0, n, exp)
              saved, _now[0].rounding = _now[0].rounding, ROUND_HALF_EVEN
              try: return made._fix()
              finally: _now[0].rounding = saved
          def exp(self, context=None):
              prec = _now[0].prec
              if not self._int and not self._kind: return Decimal(1)
              with localcontext() as c:
                  c.prec = prec + 10 + max(0, self.adjusted())
                  k = max(0, self.adjusted() + 2)
                  x = self / 10 ** k
                  total = term = Decimal(1)
                  n = 0
                  while True:
                      n += 1
                      term = term * x / n
                      if total + term == total: break
                      total += term
                  for _ in range(k): total = total ** 10
              return total._fix()
          def ln(self, context=None):
              if self._sign and self._int: raise InvalidOperation([InvalidOperation])
              if not self._int: return Decimal._of(1, 0, 0, "F")
              if self == 1: return Decimal(0)
              prec = _now[0].prec
              with localcontext() as c:
                  c.prec = prec + 12
                  shift = self.adjusted()
                  x = self.scaleb(-shift)
                  y = Decimal(_math.log(float(x)))
                  for _ in range(3 + prec // 15):
                      e = y.exp()
                      y += 2 * (x - e) / (x + e)
                  if shift: y += shift * Decimal(10)._ln10()
              return y._fix()
          def _ln10(self):
              y = Decimal(_math.log(10.0))
              for _ in range(3 + _now[0].prec // 15):
                  e = y.exp()
                  y += 2 * (10 - e) / (10 + e)
              return y
          def log10(self, context=None):
              if str(self._int).strip("0") == "1" and not self._sign: return Decimal(self.adjusted())
              with localcontext() as c:
                  c.prec += 6
                  made = self.ln() / self._ln10()
              return made._fix()

          def __format__(self, spec):
              found = _re.fullmatch(r"(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?(,|_)?(?:\.(\d+))?([eEfFgGn%])?", spec)
              if not found: raise ValueError("invalid format string")
              fill, align, sign, _, zero, width, comma, places, kind = found.groups()
              d, tail = self, ""
              if kind == "%": d, tail = Decimal._of(self._sign, self._int, self._exp + 2), "%"
              rounding = _now[0].rounding
              if self._kind: text = str(d.copy_abs())
              elif kind in ("f", "F", "%"):
                  if places is not None: d = d._to(-int(places), rounding)
                  elif d._exp > 0: d = d._to(0, rounding)
                  digits = str(d._int)
                  if d._exp < 0:
                      digits = digits.rjust(1 - d._exp, "0")
                      text = digits[:d._exp] + "." + digits[d._exp:]
                  else: text = digits
              elif kind in ("e", "E"):
                  if places is not None and d._int:
                      n = len(str(d._int)) - int(places) - 1
                      d = d._to(d._exp + n, rounding) if n > 0 else d._to(d._exp + n, rounding)
                      if len(str(d._int)) > int(places) + 1: d = d._to(d._exp + 1, rounding)
                  digits = str(d._int)
                  text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "%s%+d" % (kind, d.adjusted())
              elif places is not None:
                  n = len(str(d._int)) - max(1, int(places))
                  if n > 0: d = d._to(d._exp + n, rounding)
                  text = str(d.copy_abs())
                  if kind and kind.islower(): text = text.lower()
              else: text = str(d.copy_abs())
              if comma:
                  head, dot, rest = text.partition(".")
                  text = format(int(head), comma) + dot + rest
              mark = "-" if d._sign else sign if sign in ("+", " ") else ""
              text += tail
              width = int(width or 0)
              if zero and not align: fill, align = "0", "="
              fill, align = fill or " ", align or ">"
              gap = width - len(text) - len(mark)
              if gap <= 0: return mark + text
              if align == "<": return mark + text + fill * gap
              if align == ">": return fill * gap + mark + text
              if align == "=": return mark + fill * gap + text
              return fill * (gap // 2) + mark + text + fill * (gap - gap // 2)
          def __copy__(self): return self
          def __deepcopy__(self, memo): return self
          real = property(lambda self: self)
          imag = property(lambda self: Decimal(0))
          def conjugate(self): return self

      def _as_decimal(v):
          if isinstance(v, Decimal): return v
          if isinstance(v, int): return Decimal(v)
          return NotImplemented
      """#)
}

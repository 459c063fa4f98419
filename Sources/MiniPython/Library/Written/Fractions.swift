extension WrittenLibrary {
  static let fractions = WrittenModule(
    name: "fractions",
    source: #"""
      import math as _math
      import re as _re

      _form = _re.compile(r"\s*([-+]?)(?=\d|\.\d)(\d*(?:_\d+)*)(?:(?:/(\d+(?:_\d+)*))?|(?:\.(\d*(?:_\d+)*))?(?:[eE]([-+]?\d+))?)\s*")

      class Fraction:
          __slots__ = ("_numerator", "_denominator")

          def __new__(cls, numerator=0, denominator=None):
              self = super().__new__(cls)
              if denominator is None:
                  if type(numerator) is int or type(numerator) is bool:
                      self._numerator, self._denominator = int(numerator), 1
                      return self
                  if isinstance(numerator, Fraction):
                      self._numerator, self._denominator = numerator._numerator, numerator._denominator
                      return self
                  if isinstance(numerator, int):
                      self._numerator, self._denominator = int(numerator), 1
                      return self
                  if isinstance(numerator, str):
                      found = _form.fullmatch(numerator)
                      if found is None:
                          raise ValueError("Invalid literal for Fraction: %r" % numerator)
                      sign, whole, below, places, power = found.groups()
                      top, bottom = int(whole or "0"), 1
                      if below:
                          bottom = int(below)
                      else:
                          if places:
                              places = places.replace("_", "")
                              top, bottom = top * 10 ** len(places) + int(places), 10 ** len(places)
                          if power:
                              power = int(power)
                              if power >= 0: top *= 10 ** power
                              else: bottom *= 10 ** -power
                      if sign == "-": top = -top
                  elif hasattr(numerator, "as_integer_ratio"):
                      top, bottom = numerator.as_integer_ratio()
                  else:
                      raise TypeError("argument should be a string or a Rational instance")
              elif isinstance(numerator, (int, Fraction)) and isinstance(denominator, (int, Fraction)):
                  top = numerator.numerator * denominator.denominator
                  bottom = denominator.numerator * numerator.denominator
              else:
                  raise TypeError("both arguments should be Rational instances")
              if bottom == 0:
                  raise ZeroDivisionError("Fraction(%s, 0)" % top)
              shared = _math.gcd(top, bottom)
              if bottom < 0: shared = -shared
              self._numerator, self._denominator = top // shared, bottom // shared
              return self

          @classmethod
          def from_float(cls, f):
              if isinstance(f, int): return cls(f)
              if not isinstance(f, float):
                  raise TypeError("%s.from_float() only takes floats, not %r (%s)" % (cls.__name__, f, type(f).__name__))
              return cls(*f.as_integer_ratio())

          @classmethod
          def from_decimal(cls, dec):
              return cls(*dec.as_integer_ratio())

          @property
          def numerator(a): return a._numerator
          @property
          def denominator(a): return a._denominator
          @property
          def real(a): return a
          @property
          def imag(a): return 0
          def conjugate(a): return a

          def as_integer_ratio(self):
              return (self._numerator, self._denominator)

          def is_integer(self):
              return self._denominator == 1

          def limit_denominator(self, max_denominator=1000000):
              if max_denominator < 1:
                  raise ValueError("max_denominator should be at least 1")
              if self._denominator <= max_denominator:
                  return Fraction(self)
              p0, q0, p1, q1 = 0, 1, 1, 0
              n, d = self._numerator, self._denominator
              while True:
                  a = n // d
                  q2 = q0 + a * q1
                  if q2 > max_denominator: break
                  p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
                  n, d = d, n - a * d
              k = (max_denominator - q0) // q1
              nearer = Fraction(p1, q1)
              farther = Fraction(p0 + k * p1, q0 + k * q1)
              return nearer if abs(nearer - self) <= abs(farther - self) else farther

          def __repr__(self):
              return "%s(%s, %s)" % (type(self).__name__, self._numerator, self._denominator)

          def __str__(self):
              if self._denominator == 1: return str(self._numerator)
              return "%s/%s" % (self._numerator, self._denominator)

          def __hash__(self):
              if self._denominator == 1: return hash(self._numerator)
              try: turned = pow(self._denominator, -1, 2 ** 61 - 1)
              except ValueError: found = 314159
              else: found = hash(hash(abs(self._numerator)) * turned)
              found = found if self._numerator >= 0 else -found
              return -2 if found == -1 else found

          def _arithmetic(exact, inexact):
              def forward(a, b):
                  if isinstance(b, Fraction): return exact(a, b)
                  if isinstance(b, int): return exact(a, Fraction(b))
                  if isinstance(b, float): return inexact(float(a), b)
                  if isinstance(b, complex): return inexact(complex(a), b)
                  return NotImplemented
              def reverse(b, a):
                  if isinstance(a, int): return exact(Fraction(a), b)
                  if isinstance(a, float): return inexact(a, float(b))
                  if isinstance(a, complex): return inexact(a, complex(b))
                  return NotImplemented
              return forward, reverse

          __add__, __radd__ = _arithmetic(
              lambda a, b: Fraction(a._numerator * b._denominator + b._numerator * a._denominator, a._denominator * b._denominator),
              lambda a, b: a + b)
          __sub__, __rsub__ = _arithmetic(
              lambda a, b: Fraction(a._numerator * b._denominator - b._numerator * a._denominator, a._denominator * b._denominator),
              lambda a, b: a - b)
          __mul__, __rmul__ = _arithmetic(
              lambda a, b: Fraction(a._numerator * b._numerator, a._denominator * b._denominator),
              lambda a, b: a * b)
          def _divide(a, b):
              if b._numerator == 0:
                  raise ZeroDivisionError("Fraction(%s, 0)" % (a._numerator * b._denominator))
              return Fraction(a._numerator * b._denominator, a._denominator * b._numerator)
          __truediv__, __rtruediv__ = _arithmetic(_divide, lambda a, b: a / b)
          __floordiv__, __rfloordiv__ = _arithmetic(
              lambda a, b: (a._numerator * b._denominator) // (a._denominator * b._numerator),
              lambda a, b: a // b)
          __mod__, __rmod__ = _arithmetic(
              lambda a, b: Fraction((a._numerator * b._denominator) % (b._numerator * a._denominator), a._denominator * b._denominator),
              lambda a, b: a % b)
          __divmod__, __rdivmod__ = _arithmetic(lambda a, b: (a // b, a % b), divmod)

          def __pow__(a, b):
              if isinstance(b, (int, Fraction)):
                  if b.denominator != 1: return float(a) ** float(b)
                  n = b.numerator
                  if n >= 0: return Fraction(a._numerator ** n, a._denominator ** n)
                  if a._numerator == 0: raise ZeroDivisionError("Fraction(%s, 0)" % (a._denominator ** -n))
                  return Fraction(a._denominator ** -n, a._numerator ** -n)
              if isinstance(b, (float, complex)): return float(a) ** b
              return NotImplemented

          def __rpow__(b, a):
              if b._denominator == 1 and b._numerator >= 0: return a ** b._numerator
              if isinstance(a, int): return Fraction(a) ** b
              if b._denominator == 1: return a ** b._numerator
              return a ** float(b)

          def __pos__(a): return Fraction(a._numerator, a._denominator)
          def __neg__(a): return Fraction(-a._numerator, a._denominator)
          def __abs__(a): return Fraction(abs(a._numerator), a._denominator)
          def __int__(a): return a.__trunc__()
          def __float__(a): return a._numerator / a._denominator
          def __complex__(a): return complex(float(a))
          def __trunc__(a):
              return -(-a._numerator // a._denominator) if a._numerator < 0 else a._numerator // a._denominator
          def __floor__(a): return a._numerator // a._denominator
          def __ceil__(a): return -(-a._numerator // a._denominator)

          def __round__(self, ndigits=None):
              if ndigits is None:
                  whole, rest = divmod(self._numerator, self._denominator)
                  twice = rest * 2
                  if twice < self._denominator: return whole
                  if twice > self._denominator: return whole + 1
                  return whole if whole % 2 == 0 else whole + 1
              shift = 10 ** abs(ndigits)
              if ndigits > 0: return Fraction(round(self * shift), shift)
              return Fraction(round(self / shift) * shift)

          def __bool__(a): return bool(a._numerator)

          def __eq__(a, b):
              if isinstance(b, (int, Fraction)):
                  return a._numerator == b.numerator and a._denominator == b.denominator
              if isinstance(b, complex) and b.imag == 0: b = b.real
              if isinstance(b, float):
                  if _math.isnan(b) or _math.isinf(b): return 0.0 == b
                  return a == Fraction(b)
              return NotImplemented

          def _order(compare):
              def method(a, b):
                  if isinstance(b, (int, Fraction)):
                      return compare(a._numerator * b.denominator, a._denominator * b.numerator)
                  if isinstance(b, float):
                      if _math.isnan(b) or _math.isinf(b): return compare(0.0, b)
                      return method(a, Fraction(b))
                  return NotImplemented
              return method

          __lt__ = _order(lambda x, y: x < y)
          __gt__ = _order(lambda x, y: x > y)
          __le__ = _order(lambda x, y: x <= y)
          __ge__ = _order(lambda x, y: x >= y)

          def __copy__(self): return self
          def __deepcopy__(self, memo): return self
      """#)
}

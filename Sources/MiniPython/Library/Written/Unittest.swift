extension WrittenLibrary {
  /// `unittest`: cases, suites and the runner, which reports on standard error.
  static let unittest = WrittenModule(
    name: "unittest",
    source: #"""
      import sys as _sys
      import re as _re
      import traceback as _traceback
      import warnings as _warnings

      class SkipTest(Exception): pass

      def skip(reason=""):
          def mark(item):
              item.__unittest_skip__, item.__unittest_skip_why__ = True, reason
              return item
          return mark
      def skipIf(condition, reason): return skip(reason) if condition else lambda item: item
      def skipUnless(condition, reason): return skipIf(not condition, reason)
      def expectedFailure(item):
          item.__unittest_expecting_failure__ = True
          return item

      class _Raises:
          def __init__(self, case, expected, pattern, msg): self.case, self.expected, self.pattern, self.msg = case, expected, pattern, msg
          def __enter__(self): return self
          def __exit__(self, kind, value, trace):
              if kind is None:
                  names = getattr(self.expected, "__name__", str(self.expected))
                  raise self.case.failureException(self.case._formatMessage(self.msg, "%s not raised" % names))
              if not issubclass(kind, self.expected): return False
              self.exception = value
              if self.pattern is not None and not _re.search(self.pattern, str(value)):
                  raise self.case.failureException('"%s" does not match "%s"' % (self.pattern, value))
              return True

      class _Warns:
          def __init__(self, case, expected): self.case, self.expected = case, expected
          def __enter__(self):
              self._catch = _warnings.catch_warnings(record=True)
              self.warnings = self._catch.__enter__()
              _warnings.simplefilter("always")
              return self
          def __exit__(self, kind, value, trace):
              self._catch.__exit__(None, None, None)
              if kind is None and not any(issubclass(w.category, self.expected) for w in self.warnings):
                  raise self.case.failureException("%s not triggered" % self.expected.__name__)
              return False

      class _SubTest:
          def __init__(self, case): self.case = case
          def __enter__(self): return self
          def __exit__(self, kind, value, trace):
              if kind is None or not issubclass(kind, Exception): return False
              self.case._note(value)
              return True

      class TestCase:
          failureException, maxDiff, longMessage = AssertionError, 640, True
          def __init__(self, methodName="runTest"):
              self._testMethodName, self._cleanups, self._result = methodName, [], None
          def setUp(self): pass
          def tearDown(self): pass
          @classmethod
          def setUpClass(cls): pass
          @classmethod
          def tearDownClass(cls): pass
          def id(self): return "%s.%s.%s" % (type(self).__module__, type(self).__qualname__, self._testMethodName)
          def __str__(self): return "%s (%s)" % (self._testMethodName, self.id())
          def __repr__(self): return "<%s.%s testMethod=%s>" % (type(self).__module__, type(self).__qualname__, self._testMethodName)
          def shortDescription(self): return (getattr(self, self._testMethodName).__doc__ or "").strip().split("\n")[0] or None
          def countTestCases(self): return 1
          def addCleanup(self, function, /, *args, **kwargs): self._cleanups.append((function, args, kwargs))
          def subTest(self, msg=None, **params): return _SubTest(self)
          def skipTest(self, reason): raise SkipTest(reason)
          def fail(self, msg=None): raise self.failureException(msg)
          def _formatMessage(self, msg, standard): return standard if msg is None else "%s : %s" % (standard, msg)
          def _check(self, ok, msg, standard):
              if not ok: raise self.failureException(self._formatMessage(msg, standard))
          def _note(self, e):
              kind = self._result.failures if isinstance(e, self.failureException) else self._result.errors
              kind.append((self, "".join(_traceback.format_exception(e))))
          def __call__(self, result=None): return self.run(result)
          def debug(self): self.run()
          def run(self, result=None):
              result = TestResult() if result is None else result
              self._result = result
              result.testsRun += 1
              method = getattr(self, self._testMethodName)
              marked = [m for m in (method, type(self)) if getattr(m, "__unittest_skip__", False)]
              if marked:
                  result.skipped.append((self, marked[0].__unittest_skip_why__))
                  return result
              before = len(result.failures) + len(result.errors)
              try:
                  self.setUp()
                  try: method()
                  finally: self.tearDown()
              except SkipTest as e: result.skipped.append((self, str(e)))
              except Exception as e:
                  if getattr(method, "__unittest_expecting_failure__", False): result.expectedFailures.append((self, str(e)))
                  else: self._note(e)
              else:
                  if getattr(method, "__unittest_expecting_failure__", False): result.unexpectedSuccesses.append(self)
              while self._cleanups:
                  function, args, kwargs = self._cleanups.pop()
                  function(*args, **kwargs)
              return result

          def assertTrue(self, expr, msg=None): self._check(expr, msg, "%r is not true" % (expr,))
          def assertFalse(self, expr, msg=None): self._check(not expr, msg, "%r is not false" % (expr,))
          def assertEqual(self, first, second, msg=None): self._check(first == second, msg, "%r != %r" % (first, second))
          def assertNotEqual(self, first, second, msg=None): self._check(first != second, msg, "%r == %r" % (first, second))
          def assertIs(self, first, second, msg=None): self._check(first is second, msg, "%r is not %r" % (first, second))
          def assertIsNot(self, first, second, msg=None): self._check(first is not second, msg, "unexpectedly identical: %r" % (first,))
          def assertIsNone(self, obj, msg=None): self._check(obj is None, msg, "%r is not None" % (obj,))
          def assertIsNotNone(self, obj, msg=None): self._check(obj is not None, msg, "unexpectedly None")
          def assertIn(self, member, container, msg=None): self._check(member in container, msg, "%r not found in %r" % (member, container))
          def assertNotIn(self, member, container, msg=None): self._check(member not in container, msg, "%r unexpectedly found in %r" % (member, container))
          def assertIsInstance(self, obj, cls, msg=None): self._check(isinstance(obj, cls), msg, "%r is not an instance of %r" % (obj, cls))
          def assertNotIsInstance(self, obj, cls, msg=None): self._check(not isinstance(obj, cls), msg, "%r is an instance of %r" % (obj, cls))
          def assertGreater(self, a, b, msg=None): self._check(a > b, msg, "%r not greater than %r" % (a, b))
          def assertGreaterEqual(self, a, b, msg=None): self._check(a >= b, msg, "%r not greater than or equal to %r" % (a, b))
          def assertLess(self, a, b, msg=None): self._check(a < b, msg, "%r not less than %r" % (a, b))
          def assertLessEqual(self, a, b, msg=None): self._check(a <= b, msg, "%r not less than or equal to %r" % (a, b))
          def _near(self, first, second, places, delta):
              if first == second: return True, ""
              gap = abs(first - second)
              if delta is not None: return gap <= delta, "within %r delta (%r difference)" % (delta, gap)
              places = 7 if places is None else places
              return round(gap, places) == 0, "within %r places (%r difference)" % (places, gap)
          def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
              ok, how = self._near(first, second, places, delta)
              self._check(ok, msg, "%r != %r %s" % (first, second, how))
          def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
              ok, how = self._near(first, second, places, delta)
              self._check(not ok, msg, "%r == %r %s" % (first, second, how))
          def assertRegex(self, text, pattern, msg=None): self._check(_re.search(pattern, text), msg, "Regex didn't match: %r not found in %r" % (pattern, text))
          def assertNotRegex(self, text, pattern, msg=None): self._check(not _re.search(pattern, text), msg, "Regex matched: %r matches %r" % (pattern, text))
          def assertCountEqual(self, first, second, msg=None):
              rest = list(second)
              for item in first:
                  self._check(item in rest, msg, "Element counts were not equal:\n%r, %r" % (first, second))
                  rest.remove(item)
              self._check(not rest, msg, "Element counts were not equal:\n%r, %r" % (first, second))
          assertListEqual = assertTupleEqual = assertDictEqual = assertSetEqual = assertSequenceEqual = assertMultiLineEqual = assertEqual
          def _raises(self, expected, pattern, args, kwargs):
              context = _Raises(self, expected, pattern, kwargs.pop("msg", None) if not args else None)
              if not args: return context
              with context: args[0](*args[1:], **kwargs)
          def assertRaises(self, expected, *args, **kwargs): return self._raises(expected, None, args, kwargs)
          def assertRaisesRegex(self, expected, pattern, *args, **kwargs): return self._raises(expected, pattern, args, kwargs)
          def assertWarns(self, expected): return _Warns(self, expected)

      class FunctionTestCase(TestCase):
          def __init__(self, function):
              super().__init__("runTest")
              self._function = function
          def runTest(self): self._function()

      class TestResult:
          def __init__(self, *args, **kwargs):
              self.testsRun, self.failures, self.errors, self.skipped = 0, [], [], []
              self.expectedFailures, self.unexpectedSuccesses = [], []
          def wasSuccessful(self): return not self.failures and not self.errors and not self.unexpectedSuccesses
          def __repr__(self): return "<unittest.runner.TextTestResult run=%d errors=%d failures=%d>" % (self.testsRun, len(self.errors), len(self.failures))

      class TestSuite:
          def __init__(self, tests=()): self._tests = list(tests)
          def addTest(self, test): self._tests.append(test)
          def addTests(self, tests): self._tests.extend(tests)
          def countTestCases(self): return sum(t.countTestCases() for t in self._tests)
          def __iter__(self): return iter(self._tests)
          def run(self, result):
              last = None
              for test in self._tests:
                  if isinstance(test, TestCase) and type(test) is not last:
                      if last is not None: last.tearDownClass()
                      last = type(test)
                      last.setUpClass()
                  test.run(result)
              if last is not None: last.tearDownClass()
              return result
          def __call__(self, result): return self.run(result)

      class TestLoader:
          def getTestCaseNames(self, case): return sorted(n for n in dir(case) if n.startswith("test") and callable(getattr(case, n)))
          def loadTestsFromTestCase(self, case): return TestSuite(case(n) for n in self.getTestCaseNames(case) or (["runTest"] if hasattr(case, "runTest") else []))
          def loadTestsFromModule(self, module=None):
              found, seen = [], [TestCase]
              while seen:
                  below = seen.pop().__subclasses__()
                  found.extend(c for c in below if c.__module__ == "__main__" and c not in found)
                  seen.extend(below)
              return TestSuite(self.loadTestsFromTestCase(c) for c in sorted(found, key=lambda c: c.__name__))
          def loadTestsFromName(self, name, module=None): return self.loadTestsFromModule()
      defaultTestLoader = TestLoader()
      def makeSuite(case, prefix="test"): return defaultTestLoader.loadTestsFromTestCase(case)

      class TextTestRunner:
          def __init__(self, stream=None, descriptions=True, verbosity=1, failfast=False, **kwargs): self.stream, self.verbosity = stream, verbosity
          def run(self, test):
              result, stream = TestResult(), self.stream or _sys.stderr
              test.run(result)
              for title, kind in (("ERROR", result.errors), ("FAIL", result.failures)):
                  for case, text in kind: stream.write("%s\n%s: %s\n%s\n%s\n" % ("=" * 70, title, case, "-" * 70, text))
              stream.write("%s\nRan %d test%s in 0.000s\n\n" % ("-" * 70, result.testsRun, "" if result.testsRun == 1 else "s"))
              counts = [("failures", result.failures), ("errors", result.errors), ("skipped", result.skipped)]
              notes = ", ".join("%s=%d" % (n, len(k)) for n, k in counts if k)
              stream.write(("OK" if result.wasSuccessful() else "FAILED") + (" (%s)" % notes if notes else "") + "\n")
              return result

      class main:
          def __init__(self, module="__main__", defaultTest=None, argv=None, testRunner=None, exit=True, verbosity=1, **kwargs):
              runner = testRunner() if isinstance(testRunner, type) else testRunner or TextTestRunner(verbosity=verbosity)
              self.result = runner.run(defaultTestLoader.loadTestsFromModule())
              if exit: _sys.exit(not self.result.wasSuccessful())
      """#)
}

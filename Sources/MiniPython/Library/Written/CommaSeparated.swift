extension WrittenLibrary {
  /// `csv`.
  static let commaSeparated = WrittenModule(
    name: "csv",
    source: #"""
      QUOTE_MINIMAL, QUOTE_ALL, QUOTE_NONNUMERIC, QUOTE_NONE = 0, 1, 2, 3

      class Error(Exception): pass

      def _fields(lines, delimiter, quotechar, skipspace):
          row, field, quoted, was = [], "", False, False
          for line in lines:
              if not isinstance(line, str): raise Error("iterator should return strings, not %s (the file should be opened in text mode)" % type(line).__name__)
              k = 0
              while k < len(line):
                  c = line[k]
                  k += 1
                  if quoted:
                      if c == quotechar:
                          if line[k:k + 1] == quotechar:
                              field += c
                              k += 1
                          else: quoted = False
                      else: field += c
                  elif c == quotechar and not field and not was: quoted = was = True
                  elif c == delimiter:
                      row.append(field)
                      field, was = "", False
                      while skipspace and line[k:k + 1] == " ": k += 1
                  elif c in "\r\n": pass
                  else: field += c
              if quoted: continue
              if row or field or was: row.append(field)
              yield row
              row, field, was = [], "", False
          if quoted:
              row.append(field)
              yield row

      class reader:
          def __init__(self, csvfile, dialect="excel", delimiter=",", quotechar='"', skipinitialspace=False, quoting=0, **kw):
              self._rows, self.line_num, self._numbers = _fields(iter(csvfile), "\t" if dialect == "excel-tab" else delimiter, quotechar, skipinitialspace), 0, quoting == QUOTE_NONNUMERIC
          def __iter__(self): return self
          def __next__(self):
              row = next(self._rows)
              self.line_num += 1
              return row

      class writer:
          def __init__(self, csvfile, dialect="excel", delimiter=",", quotechar='"', lineterminator="\r\n", quoting=0, **kw):
              self._file, self._delimiter, self._quote, self._end, self._quoting = csvfile, "\t" if dialect == "excel-tab" else delimiter, quotechar, lineterminator, quoting
          def _field(self, v):
              text = "" if v is None else repr(v) if isinstance(v, float) else str(v)
              needs = any(c in text for c in (self._delimiter, self._quote, "\n", "\r"))
              if self._quoting == QUOTE_ALL or needs and self._quoting != QUOTE_NONE or self._quoting == QUOTE_NONNUMERIC and not isinstance(v, (int, float)):
                  return self._quote + text.replace(self._quote, self._quote * 2) + self._quote
              return text
          def writerow(self, row):
              try: row = list(row)
              except TypeError: raise Error("iterable expected, not %s" % type(row).__name__) from None
              line = self._delimiter.join(map(self._field, row))
              if len(row) == 1 and line == "": line = self._quote * 2
              return self._file.write(line + self._end)
          def writerows(self, rows):
              for row in rows: self.writerow(row)

      class DictReader:
          def __init__(self, f, fieldnames=None, restkey=None, restval=None, dialect="excel", **kw):
              self._fieldnames, self.restkey, self.restval = fieldnames, restkey, restval
              self.reader = reader(f, dialect, **kw)
          @property
          def fieldnames(self):
              if self._fieldnames is None:
                  try: self._fieldnames = next(self.reader)
                  except StopIteration: pass
              return self._fieldnames
          line_num = property(lambda self: self.reader.line_num)
          def __iter__(self): return self
          def __next__(self):
              names = self.fieldnames
              row = next(self.reader)
              while row == []: row = next(self.reader)
              d = dict(zip(names, row))
              if len(names) < len(row): d[self.restkey] = row[len(names):]
              for key in names[len(row):]: d[key] = self.restval
              return d

      class DictWriter:
          def __init__(self, f, fieldnames, restval="", extrasaction="raise", dialect="excel", **kw):
              self.fieldnames, self.restval, self.extrasaction = list(fieldnames), restval, extrasaction
              self.writer = writer(f, dialect, **kw)
          def writeheader(self): return self.writerow(dict(zip(self.fieldnames, self.fieldnames)))
          def writerow(self, rowdict):
              wrong = [k for k in rowdict if k not in self.fieldnames]
              if wrong and self.extrasaction == "raise":
                  raise ValueError("dict contains fields not in fieldnames: " + ", ".join(map(repr, wrong)))
              return self.writer.writerow(rowdict.get(k, self.restval) for k in self.fieldnames)
          def writerows(self, rowdicts):
              for row in rowdicts: self.writerow(row)
      """#)
}

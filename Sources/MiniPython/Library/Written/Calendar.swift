extension WrittenLibrary {
  /// `calendar`.
  static let calendar = WrittenModule(
    name: "calendar",
    source: #"""
      import datetime as _datetime
      MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
      day_name = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
      day_abbr = [d[:3] for d in day_name]
      month_name = ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
      month_abbr = [m[:3] for m in month_name]
      def isleap(year): return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
      def leapdays(y1, y2): return sum(1 for y in range(y1, y2) if isleap(y))
      def weekday(year, month, day): return _datetime.date(year, month, day).weekday()
      def monthrange(year, month):
          if not 1 <= month <= 12: raise ValueError("bad month number %r; must be 1-12" % month)
          days = [31, 29 if isleap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
          return weekday(year, month, 1), days[month - 1]
      def monthcalendar(year, month):
          first, length = monthrange(year, month)
          days = [0] * first + list(range(1, length + 1))
          days += [0] * (-len(days) % 7)
          return [days[k:k + 7] for k in range(0, len(days), 7)]
      def month(theyear, themonth, w=0, l=0):
          w = max(2, w)
          lines = ["%s %d" % (month_name[themonth], theyear)]
          lines[0] = lines[0].center(7 * (w + 1) - 1).rstrip()
          lines.append(" ".join(d[:w].center(w) for d in day_name).rstrip())
          for week in monthcalendar(theyear, themonth):
              lines.append(" ".join(("%2d" % d if d else "").center(w) for d in week).rstrip())
          return "\n".join(lines) + "\n"
      def prmonth(theyear, themonth, w=0, l=0): print(month(theyear, themonth, w, l), end="")
      """#)
}

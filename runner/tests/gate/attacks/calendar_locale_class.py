# rule: attribute-not-allowed
import calendar
position = calendar.LocaleTextCalendar(locale='/tmp/x')

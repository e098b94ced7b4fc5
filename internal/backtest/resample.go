package backtest

import (
	"slices"
	"strings"
	"time"
)

// Period is how often the portfolio is rebalanced.
type Period byte

// The rebalancing periods.
const (
	OnChange Period = iota
	Daily
	Weekly
	Monthly
	Quarterly
	Yearly
)

// Schedule is a period and, for weeks, the weekday a week ends on.
type Schedule struct {
	Period  Period
	WeekEnd time.Weekday
}

var periodNames = map[string]Period{
	"": OnChange, "NONE": OnChange,
	"D": Daily, "B": Daily,
	"W": Weekly,
	"M": Monthly, "ME": Monthly, "MS": Monthly, "BM": Monthly, "BME": Monthly, "BMS": Monthly,
	"Q": Quarterly, "QE": Quarterly, "QS": Quarterly, "BQ": Quarterly, "BQE": Quarterly, "BQS": Quarterly,
	"Y": Yearly, "YE": Yearly, "YS": Yearly, "A": Yearly, "AS": Yearly, "BY": Yearly, "BYE": Yearly, "BYS": Yearly,
}

var weekdays = []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}

// quarterEnds are the anchors that mean calendar quarters, as period end or as period start.
var quarterEnds = []string{"MAR", "JUN", "SEP", "DEC", "JAN", "APR", "JUL", "OCT"}

// ParseResample reads pandas' frequency spellings. Start-of-period spellings (MS, QS) mean the same as the
// end-of-period ones: a period's last signal is only known when the period is over.
func ParseResample(text string) (Schedule, error) {
	name, anchor, anchored := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), "-")
	name = strings.TrimPrefix(name, "1")
	period, ok := periodNames[name]
	s := Schedule{Period: period}
	if anchored {
		switch period {
		case Weekly:
			day := slices.Index(weekdays, anchor)
			s.WeekEnd, ok = time.Weekday(day), ok && day >= 0
		case Quarterly:
			ok = ok && slices.Contains(quarterEnds, anchor)
		case Yearly:
			ok = ok && (anchor == "DEC" || anchor == "JAN")
		default:
			ok = false
		}
	}
	if !ok {
		return Schedule{}, invalidOptions("resample %q is not known; use None, 'D', 'W', 'M', 'Q' or 'Y'", truncate(text))
	}
	return s, nil
}

// lastDay is the last day of the period that holds day; signals of a period are traded after it.
func (s Schedule) lastDay(day int32) int32 {
	switch s.Period {
	case Weekly:
		// 1970-01-01 was a Thursday.
		weekday := (int(day)%7 + 7 + int(time.Thursday)) % 7
		return day + int32((int(s.WeekEnd)-weekday+7)%7)
	case Monthly, Quarterly, Yearly:
		t := time.Unix(int64(day)*86400, 0).UTC()
		month := t.Month()
		if s.Period == Quarterly {
			month = (month-1)/3*3 + 3
		} else if s.Period == Yearly {
			month = time.December
		}
		return int32(time.Date(t.Year(), month+1, 0, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	return day
}

func truncate(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "..."
	}
	return text
}

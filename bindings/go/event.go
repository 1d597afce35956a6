package freshet

import "time"

// EventKind says what an event tells. New kinds may come: ignore those you do not know.
type EventKind int32

const (
	RunStarted     EventKind = freshet_EVENT_RUN_STARTED
	ListingStarted EventKind = freshet_EVENT_LISTING_STARTED
	ListingEnded   EventKind = freshet_EVENT_LISTING_ENDED
	RootDone       EventKind = freshet_EVENT_ROOT_DONE
	Progress       EventKind = freshet_EVENT_PROGRESS
	Delivery       EventKind = freshet_EVENT_DELIVERY
	LogLine        EventKind = freshet_EVENT_LOG
	RunEnded       EventKind = freshet_EVENT_RUN_ENDED

	noEvent EventKind = freshet_EVENT_NONE
)

// Outcome is what a run did with a root.
type Outcome int32

const (
	Refreshed Outcome = freshet_OUTCOME_REFRESHED
	Unchanged Outcome = freshet_OUTCOME_UNCHANGED
	Skipped   Outcome = freshet_OUTCOME_SKIPPED
	Removed   Outcome = freshet_OUTCOME_REMOVED
	RootBusy  Outcome = freshet_OUTCOME_BUSY
	Failed    Outcome = freshet_OUTCOME_FAILED
	LeftOut   Outcome = freshet_OUTCOME_EXCLUDED
)

// String is the name that reports show: "refreshed".
func (o Outcome) String() string { return textOf(freshet_outcome_name(int32(o))) }

// Event is what a running refresh tells.
type Event struct {
	Kind    EventKind
	Outcome Outcome // of a root that is done
	Level   int32   // of a log line: C's FRESHET_LEVEL_…, 0 (debug) to 3 (error)
	Err     error   // what the event tells of, where it is a failure
	Time    time.Time
	Done    uint64
	Total   uint64
	Dropped uint64 // events before this one that were dropped since the last one read
	Source  string
	URI     string
	Message string
	Reason  string
	Label   string // of the run or, where there is a URI, of the root, as "labels" of the configuration makes it
}

func eventOf(raw *freshet_event) Event {
	event := Event{
		Kind:    EventKind(raw.kind),
		Outcome: Outcome(raw.outcome),
		Level:   int32(raw.level),
		Time:    time.UnixMilli(int64(raw.time_ms)).UTC(),
		Done:    uint64(raw.done),
		Total:   uint64(raw.total),
		Dropped: uint64(raw.dropped),
		Source:  textOf(raw.source),
		URI:     textOf(raw.uri),
		Message: textOf(raw.message),
		Reason:  textOf(raw.reason),
		Label:   textOf(raw.label),
	}
	if raw.status != freshet_OK {
		event.Err = told(raw.status, event.Message, raw.subject, raw.retry_after_ms, raw.attempts)
	}
	return event
}

// told is an error as an event or a report has it: one line, in one piece.
func told(status freshet_status, message string, subject *byte, retry int64, attempts int32) *Error {
	e := &Error{Code: Code(status), Message: message, Subject: textOf(subject), RetryAfter: -1, Attempts: int(attempts), text: message}
	if retry >= 0 {
		e.RetryAfter = time.Duration(retry) * time.Millisecond
	}
	return e
}

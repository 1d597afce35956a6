package freshet

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"time"
	"unsafe"
)

// Policy says whether a root is to be refreshed, and when to ask again. It does not change.
type Policy struct{ raw freshet_policy }

func (p *Policy) handle() freshet_policy {
	if p == nil {
		return 0
	}
	return p.raw
}

// Close frees it; a run that uses it keeps it alive. A second one does nothing.
func (p *Policy) Close() error {
	freshet_policy_free(p.raw)
	return nil
}

func policyFrom(call func(*freshet_policy, *freshet_error) freshet_status) (*Policy, error) {
	policy := &Policy{}
	if err := check(func(failure *freshet_error) freshet_status { return call(&policy.raw, failure) }); err != nil {
		return nil, err
	}
	runtime.SetFinalizer(policy, (*Policy).Close)
	return policy, nil
}

// Always refreshes, whenever asked.
func Always() (*Policy, error) {
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_always(out, failure)
	})
}

// NeverExisting refreshes what is not known yet, and then never again.
func NeverExisting() (*Policy, error) {
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_never_existing(out, failure)
	})
}

// TTL refreshes what its source confirmed that long ago.
func TTL(ttl time.Duration) (*Policy, error) {
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_ttl(int64(ttl.Milliseconds()), out, failure)
	})
}

// Triggered refreshes while that was asked for from outside.
func Triggered() (*Policy, error) {
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_triggered(out, failure)
	})
}

// array lends policies to C.
func array(args *arena, policies []*Policy) (*freshet_policy, uintptr) {
	each := make([]freshet_policy, len(policies))
	for i, policy := range policies {
		each[i] = policy.handle()
	}
	return lendAll(args, each)
}

// Any refreshes where one of the policies says so.
func Any(policies ...*Policy) (*Policy, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(policies)
	each, count := array(&args, policies)
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_any(each, count, out, failure)
	})
}

// All refreshes where all of the policies say so.
func All(policies ...*Policy) (*Policy, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(policies)
	each, count := array(&args, policies)
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_all(each, count, out, failure)
	})
}

// BusinessHours are a TTL, and hours of the day.
type BusinessHours struct {
	TTL          time.Duration
	From, To     string // "09:00", "17:00"
	Days         string // "mon-fri"; "": all
	Timezone     string // a name of the IANA database; "": UTC
	Avoid        bool   // refresh outside of the hours only
	UnknownWaits bool   // what is not known yet waits for the hours, too
}

func flag(on bool) int32 {
	if on {
		return 1
	}
	return 0
}

// Policy refreshes inside of the hours what is older than the TTL.
func (h BusinessHours) Policy() (*Policy, error) {
	var args arena
	defer args.free()
	raw := freshet_business_hours{
		struct_size: unsafe.Sizeof(freshet_business_hours{}), ttl_ms: int64(h.TTL.Milliseconds()), from: args.text(h.From),
		to: args.text(h.To), days: args.optional(h.Days), timezone: args.optional(h.Timezone), avoid: flag(h.Avoid),
		unknown_waits: flag(h.UnknownWaits),
	}
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_business_hours(&raw, out, failure)
	})
}

// Priorities says how old content of each priority may become.
type Priorities struct{ Critical, High, Normal, Low, Default time.Duration }

// UsualPriorities are an hour, six hours, a day, a week; a day for others.
var UsualPriorities = Priorities{time.Hour, 6 * time.Hour, 24 * time.Hour, 168 * time.Hour, 24 * time.Hour}

// Policy goes by what people's flags and the content's metadata say of each root.
func (p Priorities) Policy() (*Policy, error) {
	raw := freshet_priorities{
		struct_size: unsafe.Sizeof(freshet_priorities{}), critical_ms: int64(p.Critical.Milliseconds()),
		high_ms: int64(p.High.Milliseconds()), normal_ms: int64(p.Normal.Milliseconds()),
		low_ms: int64(p.Low.Milliseconds()), default_ms: int64(p.Default.Milliseconds()),
	}
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_metadata(&raw, out, failure)
	})
}

// Adaptive is what an adaptive policy may spend, and on what terms.
type Adaptive struct {
	RequestsADay float64       // 0: as many as BudgetTTL says
	BudgetTTL    time.Duration // instead: as many as a TTL of this would need
	MaxStaleness time.Duration // no page is left alone for longer
	MinInterval  time.Duration // none is asked for sooner; 0: six hours
}

// Policy refreshes what is most likely worth a request of the budget.
func (a Adaptive) Policy() (*Policy, error) {
	if a.MinInterval == 0 {
		a.MinInterval = 6 * time.Hour
	}
	raw := freshet_adaptive{
		struct_size: unsafe.Sizeof(freshet_adaptive{}), requests_a_day: a.RequestsADay,
		budget_ttl_ms: int64(a.BudgetTTL.Milliseconds()), max_staleness_ms: int64(a.MaxStaleness.Milliseconds()),
		min_interval_ms: int64(a.MinInterval.Milliseconds()),
	}
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_adaptive(&raw, out, failure)
	})
}

// PolicyFromJSON takes what encodes to the form that configurations use: "always", {"ttl":"24h"}, …
func PolicyFromJSON(policy any) (*Policy, error) {
	var args arena
	defer args.free()
	text, err := args.json(policy)
	if err != nil {
		return nil, err
	}
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		return freshet_policy_from_json(text, out, failure)
	})
}

// JSON is the form that configurations use; of a custom policy {"custom":true}.
func (p *Policy) JSON() (json.RawMessage, error) {
	defer runtime.KeepAlive(p)
	return jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
		return freshet_policy_to_json(p.handle(), out, failure)
	})
}

// Known is what the repository knows of a root before anything is read. A time that is zero is "never yet".
type Known struct {
	URI             string
	Metadata, Flags string // JSON objects
	Ingested        time.Time
	Checked         time.Time
	Changed         time.Time
	ListedModified  time.Time // what the listing says: a hint
	Exists          bool      // content is stored
	Triggered       bool      // a refresh was asked for from outside
}

// Decision is what a policy decides.
type Decision struct {
	Refresh  bool
	AskAgain time.Time // not to refresh: when time alone may change the answer; zero: never
	Reason   string    // a few words for reports; what is longer than 95 bytes is cut
}

// Decider is a policy of the application's own. It is called by any number of goroutines at once, and must not block for
// long. An error or a panic is a no for this time, and in the report.
type Decider interface {
	Decide(known Known, now time.Time) (Decision, error)
}

// Accepter is what a Decider may be, too: it says after reading whether the document may be stored.
type Accepter interface {
	Accept(known Known, document *Document) (bool, error)
}

// DeciderFunc makes a function a [Decider].
type DeciderFunc func(known Known, now time.Time) (Decision, error)

// Decide calls it.
func (f DeciderFunc) Decide(known Known, now time.Time) (Decision, error) { return f(known, now) }

// Custom makes a policy of the application's own. Where the Decider is an io.Closer, it is closed when nobody uses the
// policy any more.
func Custom(decider Decider) (*Policy, error) {
	handle := handleOf(decider)
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		functions := freshet_custom_policy{
			struct_size: unsafe.Sizeof(freshet_custom_policy{}), payload: handle, decide: callback(callOnDecide),
			accept: callback(callOnAccept), release: callback(callOnRelease),
		}
		return freshet_policy_custom(&functions, out, failure)
	})
}

// ByURL asks the policy that select gives for the URI; nil: refresh what is not known yet. The policies are not to be
// closed before this one.
func ByURL(choose func(uri string) *Policy) (*Policy, error) {
	handle := handleOf(choose)
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		functions := freshet_url_functions{
			struct_size: unsafe.Sizeof(freshet_url_functions{}), payload: handle, select_: callback(callOnSelect),
			release: callback(callOnRelease),
		}
		return freshet_policy_by_url(&functions, out, failure)
	})
}

// Matching refreshes what is not known yet, and each URI that the function says yes to.
func Matching(matches func(uri string) bool) (*Policy, error) {
	handle := handleOf(matches)
	return policyFrom(func(out *freshet_policy, failure *freshet_error) freshet_status {
		functions := freshet_url_functions{
			struct_size: unsafe.Sizeof(freshet_url_functions{}), payload: handle, matches: callback(callOnMatches),
			release: callback(callOnRelease),
		}
		return freshet_policy_matching(&functions, out, failure)
	})
}

// Decide asks about uri, as the repository knows it now.
func (p *Policy) Decide(repository *Repository, uri string) (Decision, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(p)
	defer runtime.KeepAlive(repository)
	raw := freshet_decision{struct_size: unsafe.Sizeof(freshet_decision{})}
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_policy_decide(p.handle(), repository.handle(), args.text(uri), &raw, failure)
	})
	return Decision{raw.refresh != 0, instant(raw.ask_again_ms), textOf(&raw.reason[0])}, err
}

// ShouldReread says whether uri is to be read again.
func (p *Policy) ShouldReread(repository *Repository, uri string) (bool, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(p)
	defer runtime.KeepAlive(repository)
	var yes int32
	err := check(func(failure *freshet_error) freshet_status {
		return freshet_policy_should_reread(p.handle(), repository.handle(), args.text(uri), &yes, failure)
	})
	return yes != 0, err
}

// ShouldRefreshDocument says whether a finished document may take the place of what its URI holds.
func (p *Policy) ShouldRefreshDocument(repository *Repository, document *Document) (bool, error) {
	defer runtime.KeepAlive(p)
	defer runtime.KeepAlive(repository)
	var yes int32
	err := document.use(func(raw freshet_document) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_policy_should_refresh_document(p.handle(), repository.handle(), raw, &yes, failure)
		})
	})
	return yes != 0, err
}

// IngestIfNeeded asks, reads, asks again and stores: what was stored, or nil where the policy said no.
func (p *Policy) IngestIfNeeded(ctx context.Context, repository *Repository, reader *Reader, uri string) (*Document, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(p)
	defer runtime.KeepAlive(repository)
	defer runtime.KeepAlive(reader)
	var raw freshet_document
	err := limited(ctx, func(call *freshet_call_options) error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_policy_ingest_if_needed(p.handle(), repository.handle(), reader.raw, args.text(uri), call, &raw, failure)
		})
	})
	if err != nil || raw == 0 {
		return nil, err
	}
	return documentOf(raw), nil
}

func knownOf(raw *freshet_known) Known {
	return Known{
		URI: textOf(raw.uri), Metadata: textOf(raw.metadata), Flags: textOf(raw.flags),
		Ingested: instant(raw.ingested_ms), Checked: instant(raw.checked_ms), Changed: instant(raw.changed_ms),
		ListedModified: instant(raw.listed_modified_ms), Exists: raw.exists != 0, Triggered: raw.triggered != 0,
	}
}

// putReason cuts what is too long between two code points.
func putReason(reason string, raw *freshet_decision) {
	end := min(len(reason), len(raw.reason)-1)
	for end > 0 && end < len(reason) && reason[end]&0xC0 == 0x80 {
		end--
	}
	for i, letter := range []byte(reason[:end]) {
		raw.reason[i] = byte(letter)
	}
	raw.reason[end] = 0
}

func onDecide(handle uintptr, known *freshet_known, now int64, out *freshet_decision) (status freshet_status) {
	defer func() {
		if said := recover(); said != nil {
			putReason(fmt.Sprint("a panic: ", said), out)
			status = freshet_E_POLICY_FAILED
		}
	}()
	decision, err := valueOf(handle).(Decider).Decide(knownOf(known), time.UnixMilli(int64(now)).UTC())
	if err != nil {
		putReason(err.Error(), out)
		return freshet_E_POLICY_FAILED
	}
	out.refresh = flag(decision.Refresh)
	if !decision.AskAgain.IsZero() {
		out.ask_again_ms = int64(decision.AskAgain.UnixMilli())
	}
	putReason(decision.Reason, out)
	return freshet_OK
}

// failing makes a panic of a callback a failure of its policy.
func failing(status *freshet_status) {
	if recover() != nil {
		*status = freshet_E_POLICY_FAILED
	}
}

func onAccept(handle uintptr, known *freshet_known, raw freshet_document, out *int32) (status freshet_status) {
	defer failing(&status)
	accepter, is := valueOf(handle).(Accepter)
	if !is {
		*out = 1
		return freshet_OK
	}
	document := lend(raw)
	defer document.takeBack()
	accept, err := accepter.Accept(knownOf(known), document)
	if err != nil {
		return freshet_E_POLICY_FAILED
	}
	*out = flag(accept)
	return freshet_OK
}

func onSelect(handle uintptr, uri *byte, out *freshet_policy) (status freshet_status) {
	defer failing(&status)
	*out = valueOf(handle).(func(string) *Policy)(textOf(uri)).handle()
	return freshet_OK
}

func onMatches(handle uintptr, uri *byte, out *int32) (status freshet_status) {
	defer failing(&status)
	*out = flag(valueOf(handle).(func(string) bool)(textOf(uri)))
	return freshet_OK
}

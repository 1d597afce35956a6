package freshet

import (
	"context"
	"math"
	"time"
	"unsafe"
)

// Request is one request through the host, which has the limits, retries, rate limits and the address guard. What is left
// out is the host's default.
type Request struct {
	Method      string      // "": GET
	URL         string      // absolute, http or https
	Headers     [][2]string // dropped when a redirect leaves the origin
	Body        []byte
	MaxBytes    uint64        // of the decoded body
	Timeout     time.Duration // of one attempt
	Pace        time.Duration // least time between two requests to this host
	MaxAttempts int
	Robots      bool // ask robots.txt first, and keep its crawl delay
	OnlyOnce    bool // not to be sent again once it may have arrived
	Refusals    bool // 429 and 5xx are answers, too
	OwnServer   bool // to a server that this plugin itself has started, on this machine
}

// Response is one answer: 2xx, 304, 4xx, or what Refusals adds. Times that are zero were not said.
type Response struct {
	Status, Redirects, Attempts int
	PermanentRedirect           bool
	URL                         string      // where it came from, after redirects
	Headers                     [][2]string // names in lower case
	Body                        []byte      // decoded
	Date, LastModified          time.Time
}

// Header is the first of this name, which is in lower case; "": there is none.
func (r *Response) Header(name string) string {
	for _, each := range r.Headers {
		if each[0] == name {
			return each[1]
		}
	}
	return ""
}

func (r *Request) raw(args *arena) *freshet_http_request {
	headers := make([]string, 0, 2*len(r.Headers))
	for _, each := range r.Headers {
		headers = append(headers, each[0], each[1])
	}
	pairs, _ := args.texts(headers)
	body, size := lendAll(args, r.Body)
	flags := flag(r.Robots)*freshet_HTTP_ROBOTS | flag(r.OnlyOnce)*freshet_HTTP_NOT_REPEATABLE |
		flag(r.Refusals)*freshet_HTTP_REFUSALS | flag(r.OwnServer)*freshet_HTTP_OWN_SERVER
	return &freshet_http_request{
		struct_size: unsafe.Sizeof(freshet_http_request{}), method: args.optional(r.Method), url: args.text(r.URL),
		headers: pairs, header_count: uintptr(len(r.Headers)), body: unsafe.Pointer(body), body_size: size,
		max_bytes: r.MaxBytes, timeout_ms: r.Timeout.Milliseconds(), pace_ms: r.Pace.Milliseconds(),
		max_attempts: int32(r.MaxAttempts), flags: flags,
	}
}

// Send sends one request and waits, from within a call of a plugin; ctx is the one that the call was given. Give a failure
// of it back as the plugin's own, or say more.
func Send(ctx context.Context, request Request) (*Response, error) {
	it, is := ctx.Value(callKey{}).(*callContext)
	if !is {
		return nil, Fail(Misuse, "is not the context of a call into a plugin", "ctx")
	}
	var args arena
	defer args.free()
	var answer *Response
	handle := handleOf(&answer)
	defer forget(handle)
	if err := heed(it.host.callHttpSend(it.call, request.raw(&args), callback(callOnResponse), handle)); err != nil {
		return nil, err
	}
	return answer, nil
}

func headersOf(headers **byte, count uintptr) [][2]string {
	all := make([][2]string, count)
	for i, each := range unsafe.Slice(headers, 2*count) {
		all[i/2][i%2] = textOf(each)
	}
	return all
}

func said(ms int64) time.Time {
	if ms == math.MinInt64 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func onResponse(handle, _ uintptr, status freshet_status, raw *freshet_http_response, _ *byte) freshet_status {
	if status != freshet_OK {
		return freshet_OK // the failure is the result of the sending, too
	}
	*valueOf(handle).(**Response) = &Response{
		Status: int(raw.status), Redirects: int(raw.redirects), Attempts: int(raw.attempts),
		PermanentRedirect: raw.permanent_redirect != 0, URL: textOf(raw.url), Headers: headersOf(raw.headers, raw.header_count),
		Body: []byte(textOfSize((*byte)(raw.body), raw.body_size)), Date: said(raw.date_ms), LastModified: said(raw.last_modified_ms),
	}
	return freshet_OK
}

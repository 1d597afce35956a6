package freshet

import (
	"context"
	"time"
)

// Code says what kind of failure an [Error] is: errors.Is(err, freshet.NotFound). A code never changes its number; new
// ones are only added.
type Code int32

// The codes of freshet/status.h.
const (
	InvalidArgument Code = freshet_E_INVALID_ARGUMENT // a value, an option or a configuration is wrong
	Misuse          Code = freshet_E_MISUSE           // closed, or called from where it may not come
	NotFound        Code = freshet_E_NOT_FOUND        // what was named does not exist
	Unsupported     Code = freshet_E_UNSUPPORTED      // this plugin, store or media type cannot do that
	PolicyFailed    Code = freshet_E_POLICY_FAILED    // a function of a custom policy failed
	Excluded        Code = freshet_E_EXCLUDED         // somebody decided that this URI stays out
	Busy            Code = freshet_E_BUSY             // another run or process holds it
	Cancelled       Code = freshet_E_CANCELLED        // somebody asked for it to stop
	Timeout         Code = freshet_E_TIMEOUT          // a time limit passed
	Network         Code = freshet_E_NETWORK          // name, connection or transfer failed
	RateLimited     Code = freshet_E_RATE_LIMITED     // the server asked for fewer requests
	Remote          Code = freshet_E_REMOTE           // the server failed, or answered nonsense
	Denied          Code = freshet_E_DENIED           // a right or a secret is missing
	Blocked         Code = freshet_E_BLOCKED          // the address guard refused the connection
	Gone            Code = freshet_E_GONE             // the source says that it does not exist
	Limit           Code = freshet_E_LIMIT            // larger, deeper or longer than a limit allows
	Parse           Code = freshet_E_PARSE            // the content could not be read as what it claims to be
	Held            Code = freshet_E_HELD             // withheld to protect data
	IO              Code = freshet_E_IO               // a file or a disk failed
	Full            Code = freshet_E_FULL             // the disk, or the repository's map, is full
	Corrupt         Code = freshet_E_CORRUPT          // stored data is damaged
	VersionError    Code = freshet_E_VERSION          // made by a newer or a foreign version
	PluginError     Code = freshet_E_PLUGIN           // a plugin is missing, refused, or broke its contract
	OutOfMemory     Code = freshet_E_OUT_OF_MEMORY    // no memory, or no thread could be started
	Internal        Code = freshet_E_INTERNAL         // a defect in freshet

	ok Code = freshet_OK
)

// String is the name that reports show: "rate_limited".
func (c Code) String() string { return textOf(freshet_status_name(freshet_status(c))) }

// Error makes a code a target of errors.Is.
func (c Code) Error() string { return c.String() }

// IsTransient says whether the same call may succeed later.
func (c Code) IsTransient() bool { return freshet_status_is_transient(freshet_status(c)) != 0 }

// Error is why a call failed. errors.Is compares it by its code, and errors.Unwrap gives what caused it.
type Error struct {
	Code    Code
	Message string // one line, lower case
	Subject string // the thing at fault: a URI, the path of an option, a file, the name of an argument; or ""
	Plugin  string // the plugin that failed; or ""
	// RetryAfter is how long to wait before trying again; less than 0: nobody said.
	RetryAfter time.Duration
	Attempts   int // 0 where they were not counted
	text       string
	cause      error
}

// Error is the whole of it in one line.
func (e *Error) Error() string {
	if e.text != "" {
		return e.text
	}
	if e.Subject != "" {
		return e.Subject + ": " + e.Message
	}
	return e.Message
}

// Unwrap gives what caused it: another error of the library, or the context's.
func (e *Error) Unwrap() error { return e.cause }

// Is compares by code.
func (e *Error) Is(target error) bool {
	code, is := target.(Code)
	return is && code == e.Code
}

// failed copies and frees what a call gave.
func failed(status freshet_status, raw freshet_error) error {
	if status == freshet_OK {
		return nil
	}
	if raw == 0 {
		return &Error{Code: Code(status), Message: "no error came with the status", RetryAfter: -1}
	}
	defer freshet_error_free(raw)
	return copied(raw)
}

func copied(raw freshet_error) *Error {
	e := &Error{
		Code:       Code(freshet_error_code(raw)),
		Message:    textOf(freshet_error_message(raw)),
		Subject:    textOf(freshet_error_subject(raw)),
		Plugin:     textOf(freshet_error_plugin(raw)),
		RetryAfter: -1,
		Attempts:   int(freshet_error_attempts(raw)),
		text:       textOf(freshet_error_to_string(raw)),
	}
	if ms := freshet_error_retry_after_ms(raw); ms >= 0 {
		e.RetryAfter = time.Duration(ms) * time.Millisecond
	}
	if cause := freshet_error_cause(raw); cause != 0 {
		e.cause = copied(cause)
	}
	return e
}

// closed is the error of a call on what was closed.
func closed(what string) error {
	return &Error{Code: Misuse, Subject: what, Message: "is closed", RetryAfter: -1}
}

// byContext makes an error of a call that its context ended one of the context, too.
func byContext(ctx context.Context, err error) error {
	e, is := err.(*Error)
	if is && e.cause == nil && (e.Code == Cancelled || e.Code == Timeout) && ctx.Err() != nil {
		e.cause = context.Cause(ctx)
	}
	return err
}

package freshet

/*
#include "bridge.h"
*/
import "C"

import (
	"context"
	"time"
)

// Code says what kind of failure an [Error] is: errors.Is(err, freshet.NotFound). A code never changes its number; new
// ones are only added.
type Code int32

// The codes of freshet/status.h.
const (
	InvalidArgument Code = C.FRESHET_E_INVALID_ARGUMENT // a value, an option or a configuration is wrong
	Misuse          Code = C.FRESHET_E_MISUSE           // closed, or called from where it may not come
	NotFound        Code = C.FRESHET_E_NOT_FOUND        // what was named does not exist
	Unsupported     Code = C.FRESHET_E_UNSUPPORTED      // this plugin, store or media type cannot do that
	PolicyFailed    Code = C.FRESHET_E_POLICY_FAILED    // a function of a custom policy failed
	Excluded        Code = C.FRESHET_E_EXCLUDED         // somebody decided that this URI stays out
	Busy            Code = C.FRESHET_E_BUSY             // another run or process holds it
	Cancelled       Code = C.FRESHET_E_CANCELLED        // somebody asked for it to stop
	Timeout         Code = C.FRESHET_E_TIMEOUT          // a time limit passed
	Network         Code = C.FRESHET_E_NETWORK          // name, connection or transfer failed
	RateLimited     Code = C.FRESHET_E_RATE_LIMITED     // the server asked for fewer requests
	Remote          Code = C.FRESHET_E_REMOTE           // the server failed, or answered nonsense
	Denied          Code = C.FRESHET_E_DENIED           // a right or a secret is missing
	Blocked         Code = C.FRESHET_E_BLOCKED          // the address guard refused the connection
	Gone            Code = C.FRESHET_E_GONE             // the source says that it does not exist
	Limit           Code = C.FRESHET_E_LIMIT            // larger, deeper or longer than a limit allows
	Parse           Code = C.FRESHET_E_PARSE            // the content could not be read as what it claims to be
	Held            Code = C.FRESHET_E_HELD             // withheld to protect data
	IO              Code = C.FRESHET_E_IO               // a file or a disk failed
	Full            Code = C.FRESHET_E_FULL             // the disk, or the repository's map, is full
	Corrupt         Code = C.FRESHET_E_CORRUPT          // stored data is damaged
	VersionError    Code = C.FRESHET_E_VERSION          // made by a newer or a foreign version
	PluginError     Code = C.FRESHET_E_PLUGIN           // a plugin is missing, refused, or broke its contract
	OutOfMemory     Code = C.FRESHET_E_OUT_OF_MEMORY    // no memory, or no thread could be started
	Internal        Code = C.FRESHET_E_INTERNAL         // a defect in freshet

	ok Code = C.FRESHET_OK
)

// String is the name that reports show: "rate_limited".
func (c Code) String() string { return C.GoString(C.freshet_status_name(C.freshet_status(c))) }

// Error makes a code a target of errors.Is.
func (c Code) Error() string { return c.String() }

// IsTransient says whether the same call may succeed later.
func (c Code) IsTransient() bool { return C.freshet_status_is_transient(C.freshet_status(c)) != 0 }

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
func failed(status C.freshet_status, raw *C.freshet_error) error {
	if status == C.FRESHET_OK {
		return nil
	}
	if raw == nil {
		return &Error{Code: Code(status), Message: "no error came with the status", RetryAfter: -1}
	}
	defer C.freshet_error_free(raw)
	return copied(raw)
}

func copied(raw *C.freshet_error) *Error {
	e := &Error{
		Code:       Code(C.freshet_error_code(raw)),
		Message:    C.GoString(C.freshet_error_message(raw)),
		Subject:    C.GoString(C.freshet_error_subject(raw)),
		Plugin:     C.GoString(C.freshet_error_plugin(raw)),
		RetryAfter: -1,
		Attempts:   int(C.freshet_error_attempts(raw)),
		text:       C.GoString(C.freshet_error_to_string(raw)),
	}
	if ms := C.freshet_error_retry_after_ms(raw); ms >= 0 {
		e.RetryAfter = time.Duration(ms) * time.Millisecond
	}
	if cause := C.freshet_error_cause(raw); cause != nil {
		e.cause = copied((*C.freshet_error)(cause))
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

package freshet

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// Service keeps sources fresh for as long as the process lives, by their schedules.
type Service struct {
	raw    freshet_service
	open   sync.RWMutex
	closed bool
	events sync.Mutex
}

// NewService reads and checks a configuration; nothing runs yet.
func NewService(repository *Repository, config any) (*Service, error) {
	var args arena
	defer args.free()
	defer runtime.KeepAlive(repository)
	text, err := args.json(config)
	if err != nil {
		return nil, err
	}
	var raw freshet_service
	err = write(func(failure *freshet_error) freshet_status {
		return freshet_service_open(repository.handle(), text, &raw, failure)
	})
	if err != nil {
		return nil, err
	}
	service := &Service{raw: raw}
	runtime.SetFinalizer(service, func(service *Service) { go service.Close() })
	return service, nil
}

func (s *Service) use(call func() error) error {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return closed("service")
	}
	return call()
}

// Start begins, and returns at once; also again after it was stopped.
func (s *Service) Start() error {
	return s.use(func() error {
		return check(func(failure *freshet_error) freshet_status { return freshet_service_start(s.raw, failure) })
	})
}

// Stop begins nothing more, cancels what is under way, and waits for its end, or for ctx: the runs were told to end.
func (s *Service) Stop(ctx context.Context) error {
	return s.use(func() error {
		return byContext(ctx, check(func(failure *freshet_error) freshet_status {
			return freshet_service_stop(s.raw, timeout(ctx), failure)
		}))
	})
}

// Close stops it, waits, and frees it. A second one does nothing.
func (s *Service) Close() error {
	freshet_service_stop(s.raw, 0, nil) // whoever waits for an event gets the last one soon
	s.open.Lock()
	defer s.open.Unlock()
	if !s.closed {
		s.closed = true
		freshet_service_free(s.raw)
	}
	return nil
}

// Trigger asks for a run of a source, or of all with "", as soon as a worker is free.
func (s *Service) Trigger(source string) error {
	var args arena
	defer args.free()
	return s.use(func() error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_service_trigger(s.raw, args.optional(source), failure)
		})
	})
}

// Reload puts another configuration in the place of the present one, which goes on where this fails.
func (s *Service) Reload(config any) error {
	var args arena
	defer args.free()
	text, err := args.json(config)
	if err != nil {
		return err
	}
	return s.use(func() error {
		return check(func(failure *freshet_error) freshet_status {
			return freshet_service_reload(s.raw, text, failure)
		})
	})
}

// Statistics tells what it does and has done since it was opened.
func (s *Service) Statistics() (text json.RawMessage, err error) {
	err = s.use(func() (e error) {
		text, e = jsonFrom(func(out **byte, failure *freshet_error) freshet_status {
			return freshet_service_statistics(s.raw, out, failure)
		})
		return e
	})
	return text, err
}

// Events gives the events of its runs until it has stopped, or ctx is done, which is the error then.
func (s *Service) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			if ctx.Err() != nil {
				yield(Event{}, ended(ctx))
				return
			}
			event, err := s.next(100 * time.Millisecond)
			if errors.Is(err, Timeout) {
				continue
			}
			if err == nil && event == nil {
				return
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			if !yield(*event, nil) {
				return
			}
		}
	}
}

func (s *Service) next(wait time.Duration) (event *Event, err error) {
	s.events.Lock()
	defer s.events.Unlock()
	err = s.use(func() error {
		raw := freshet_event{struct_size: unsafe.Sizeof(freshet_event{})}
		err := check(func(failure *freshet_error) freshet_status {
			return freshet_service_next_event(s.raw, milliseconds(wait), &raw, failure)
		})
		if err == nil && EventKind(raw.kind) != noEvent {
			got := eventOf(&raw)
			event = &got
		}
		return err
	})
	return event, err
}

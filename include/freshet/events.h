/* freshet/events.h - what a running refresh tells: progress, outcomes, log lines.
 *
 * Events are polled with freshet_refresh_next_event(), or received by the callback given to
 * freshet_refresh_start(). A run never waits for whoever reads them: up to 1,024 events are kept, and
 * then the oldest are dropped, progress and log lines before outcomes; the event that follows says
 * how many were. The report (freshet_refresh_report) never lacks anything. */
#ifndef FRESHET_EVENTS_H
#define FRESHET_EVENTS_H

#include <freshet/export.h>
#include <freshet/status.h>

FRESHET_BEGIN_DECLS

/** What an event tells. New kinds may come: ignore those you do not know. */
enum {
  FRESHET_EVENT_NONE = 0,            /**< There are no more: the run has ended, and all were read. */
  FRESHET_EVENT_RUN_STARTED = 1,
  FRESHET_EVENT_LISTING_STARTED = 2, /**< source. */
  FRESHET_EVENT_LISTING_ENDED = 3,   /**< source; message: why it is not complete, or ""; status. */
  FRESHET_EVENT_ROOT_DONE = 4,       /**< source, uri, outcome, reason, attempts; the error, if any. */
  FRESHET_EVENT_PROGRESS = 5,        /**< done roots of total. Comes with every part of a listing. */
  FRESHET_EVENT_DELIVERY = 6,        /**< done: rows the store confirmed; total: rows still pending. */
  FRESHET_EVENT_LOG = 7,             /**< level, message. */
  FRESHET_EVENT_RUN_ENDED = 8 /**< The last one, always. status: FRESHET_OK where there is a report of
                               * a whole run; FRESHET_E_CANCELLED or FRESHET_E_TIMEOUT where the run
                               * was stopped; else why nothing could be done. */
};

/** What a run did with a root. */
enum {
  FRESHET_OUTCOME_REFRESHED = 1, /**< New content was committed. */
  FRESHET_OUTCOME_UNCHANGED = 2, /**< The source confirmed what was there. */
  FRESHET_OUTCOME_SKIPPED = 3,   /**< The policy said no, before reading or after. */
  FRESHET_OUTCOME_REMOVED = 4,   /**< Its source no longer has it. */
  FRESHET_OUTCOME_BUSY = 5,      /**< Another run had it, or refreshed it meanwhile. */
  FRESHET_OUTCOME_FAILED = 6,    /**< Nothing but its error record changed. */
  FRESHET_OUTCOME_EXCLUDED = 7   /**< It is to stay out (exclusion.h). reason: why. */
};

/** How loud a log line is. */
enum {
  FRESHET_LEVEL_DEBUG = 0,
  FRESHET_LEVEL_INFO = 1,
  FRESHET_LEVEL_WARNING = 2,
  FRESHET_LEVEL_ERROR = 3
};

/** One event. Its texts are never NULL, and borrowed: from the run where events are polled, for the call in a
 * callback. */
typedef struct freshet_event {
  size_t struct_size;
  int32_t kind;    /**< FRESHET_EVENT_…. */
  int32_t outcome; /**< FRESHET_OUTCOME_…; 0 unless kind is ROOT_DONE. */
  int32_t level;   /**< FRESHET_LEVEL_…. */
  freshet_status status; /**< Of what the event tells: FRESHET_OK, or the code of its error. */
  int64_t time_ms;  /**< Since 1970, UTC. */
  uint64_t done;    /**< So far. */
  uint64_t total;   /**< Known so far: grows while listings go on. */
  uint64_t dropped; /**< Events before this one that were dropped since the last one read. */
  const char *source;
  const char *uri;
  const char *message; /**< The whole error as one line, where status is not FRESHET_OK. */
  const char *reason;
  const char *subject;    /**< The thing at fault, as freshet_error_subject() has it; or "". */
  int64_t retry_after_ms; /**< How long a server asked to be left alone; -1: nobody said. */
  int32_t attempts;       /**< How often it was tried; 0 where attempts were not counted. */
  int32_t reserved;
  const char *label; /**< Of the run or, where uri is not "", of the root, as "labels" of the configuration
                      * makes it; or "". @since 0.1 */
} freshet_event;

#define FRESHET_EVENT_INIT \
  { sizeof(freshet_event), 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, -1, 0, 0, NULL }

/** Takes an event, whose texts are borrowed until it returns. One call at a time for one run, on a
 * thread of the library; for any other call on the thread that made it. Must not block for long. It may
 * call functions of freshet, but not wait for its own run: freshet_refresh_wait() from here is
 * FRESHET_E_MISUSE. */
typedef void (*freshet_event_callback)(void *payload, const freshet_event *event);

/** The name of an outcome as reports show it: "refreshed"; "unknown" for a foreign number. Static
 * text. Any thread; never fails. @since 0.1 */
FRESHET_API const char *freshet_outcome_name(int32_t outcome) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

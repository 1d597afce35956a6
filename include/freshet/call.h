/* freshet/call.h - how a call that may take long is stopped, limited and listened to.
 *
 * Every function that blocks for longer than a disk takes a freshet_call_options, or NULL for none:
 *
 *     freshet_call_options call = FRESHET_CALL_OPTIONS_INIT;
 *     call.timeout_ms = 2000;
 *     freshet_query_run(repository, "ferries", NULL, &call, &hits, &error);
 *
 * Errors:  a call that was stopped returns FRESHET_E_CANCELLED or FRESHET_E_TIMEOUT, as soon as the
 *          work, a plugin's included, looks: mostly within a tenth of a second. Nothing is half
 *          written; what was committed before stays. A call that was done before it looked succeeds.
 * Threads: a cancel may be used by any number of calls at the same time, and from any thread. */
#ifndef FRESHET_CALL_H
#define FRESHET_CALL_H

#include <freshet/error.h>
#include <freshet/events.h>

FRESHET_BEGIN_DECLS

/** What calls are stopped with. Once requested it stays so: calls that begin later end at once. */
typedef struct freshet_cancel freshet_cancel;

/** Makes a cancel. Does not block.
 * @param out_cancel  the caller's: freshet_cancel_free()
 * @since 0.1 */
FRESHET_API freshet_status freshet_cancel_new(freshet_cancel **out_cancel,
                                              freshet_error **out_error) FRESHET_NOEXCEPT;

/** Asks all calls that were given @p cancel to stop, and returns at once. Not for signal handlers.
 * @since 0.1 */
FRESHET_API freshet_status freshet_cancel_request(freshet_cancel *cancel,
                                                  freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p cancel; calls that were given it go on. Never fails; NULL, freed and foreign handles are
 * ignored. @since 0.1 */
FRESHET_API void freshet_cancel_free(freshet_cancel *cancel) FRESHET_NOEXCEPT;

/** Limits of one call. Start from FRESHET_CALL_OPTIONS_INIT. Read when the call begins. */
typedef struct freshet_call_options {
  size_t struct_size;
  freshet_cancel *cancel; /**< NULL: the call cannot be stopped. */
  int64_t timeout_ms;     /**< The longest it may take; less than 0: no limit; 0: it fails at once. */
  freshet_event_callback on_event; /**< Receives what the call tells; NULL: nobody does. A run tells all
                                    * that freshet/events.h lists; other calls tell log lines of the
                                    * plugins they use, on the calling thread, and calls that use none
                                    * tell nothing. */
  void *payload;                   /**< Handed to on_event. */
} freshet_call_options;

#define FRESHET_CALL_OPTIONS_INIT \
  { sizeof(freshet_call_options), NULL, -1, NULL, NULL }

FRESHET_END_DECLS
#endif

/* freshet/log.h - where the log lines of plugins go that belong to no run and to no call that listens.
 *
 * A run tells its plugins' lines as events, and so does a call with an on_event (freshet/call.h).
 * Everything else is dropped, unless there is a log. */
#ifndef FRESHET_LOG_H
#define FRESHET_LOG_H

#include <freshet/error.h>
#include <freshet/events.h>

FRESHET_BEGIN_DECLS

/** Takes one line.
 *
 * Threads:     any thread, the application's own and the library's, several at the same time.
 * Re-entrance: it may call freshet, but not freshet_log_set(): FRESHET_E_MISUSE. Lines that its own
 *              calls bring about on its thread are dropped. It must not block for long, and may not throw.
 * @param level    FRESHET_LEVEL_…
 * @param plugin   whose line it is; borrowed, as @p message is, until it returns
 * @param message  UTF-8, secrets masked */
typedef void (*freshet_log_callback)(void *payload, int32_t level, const char *plugin,
                                     const char *message);

/** Sets the log of the process, in place of the one before. When it returns, that one is not running
 * and is not called any more; so it waits for lines that are being taken.
 *
 * @param callback  NULL: none
 * @param payload   handed to @p callback; has to live until another one is set
 * @retval FRESHET_E_MISUSE  called by the log itself
 * @since 0.1 */
FRESHET_API freshet_status freshet_log_set(freshet_log_callback callback, void *payload,
                                           freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

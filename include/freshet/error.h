/* freshet/error.h - what went wrong: a code, one factual line, the thing at fault, and what caused it.
 *
 * Every function that can fail returns a freshet_status and takes `freshet_error **out_error` last,
 * which may be NULL. It is set to NULL on success and to an error on failure; the error is then the
 * caller's, until freshet_error_free(). Nothing is kept on the side: no thread-local, no errno.
 *
 * Threads:   an error does not change; any number of threads may read one.
 * Ownership: texts are borrowed from the error and valid until it is freed. On a handle that is no
 *            live error (NULL, freed, foreign) the functions below answer "" or 0 and do not crash. */
#ifndef FRESHET_ERROR_H
#define FRESHET_ERROR_H

#include <freshet/export.h>
#include <freshet/status.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_error freshet_error;

/** The status that the failed function returned; FRESHET_E_MISUSE if @p error is no live error.
 * @since 0.1 */
FRESHET_API freshet_status freshet_error_code(const freshet_error *error) FRESHET_NOEXCEPT;

/** One factual line, lower case, without a final stop: "is not a known key; did you mean \"ttl\"?".
 * @since 0.1 */
FRESHET_API const char *freshet_error_message(const freshet_error *error) FRESHET_NOEXCEPT;

/** The thing at fault: a URI, the path of an option ("sources[0].options.url"), a file, a plugin, or
 * the name of an argument. "" where there is none. @since 0.1 */
FRESHET_API const char *freshet_error_subject(const freshet_error *error) FRESHET_NOEXCEPT;

/** The plugin that failed, by name; "" where none had a part in it. @since 0.1 */
FRESHET_API const char *freshet_error_plugin(const freshet_error *error) FRESHET_NOEXCEPT;

/** How long to wait before trying again, in milliseconds; -1 where nobody said. @since 0.1 */
FRESHET_API int64_t freshet_error_retry_after_ms(const freshet_error *error) FRESHET_NOEXCEPT;

/** How often it was tried before it was given up; 0 where attempts were not counted. @since 0.1 */
FRESHET_API int32_t freshet_error_attempts(const freshet_error *error) FRESHET_NOEXCEPT;

/** The error behind this one, or NULL. Borrowed from @p error: do not free it. @since 0.1 */
FRESHET_API const freshet_error *freshet_error_cause(const freshet_error *error) FRESHET_NOEXCEPT;

/** The whole as one line: subject, message, and the causes, joined by ": ". @since 0.1 */
FRESHET_API const char *freshet_error_to_string(const freshet_error *error) FRESHET_NOEXCEPT;

/** Frees @p error. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_error_free(freshet_error *error) FRESHET_NOEXCEPT;

/** The name of a status as reports show it: "rate_limited"; "unknown" for a foreign number. Static
 * text. Any thread; never fails. @since 0.1 */
FRESHET_API const char *freshet_status_name(freshet_status status) FRESHET_NOEXCEPT;

/** 1 where the same call may succeed later (busy, timeout, network, rate_limited, remote), else 0.
 * @since 0.1 */
FRESHET_API int32_t freshet_status_is_transient(freshet_status status) FRESHET_NOEXCEPT;

/** Frees a text that came through a `char **out_…` parameter. Never fails; NULL and texts that are
 * not freshet's, or were freed before, are ignored. @since 0.1 */
FRESHET_API void freshet_string_free(char *text) FRESHET_NOEXCEPT;

/** @p string as people may see it: what is known to be a secret, and what has the shape of one (the
 * user and password of a URL, parameters such as "token", Authorization headers), replaced by ***.
 * Reports, events, log lines and errors are redacted already; URIs of roots are not, for they are
 * names by which roots are found. Redacting a redacted text changes nothing.
 * @param out_text  the caller's: freshet_string_free(). @since 0.1 */
FRESHET_API freshet_status freshet_string_redact(const char *string, char **out_text,
                                                 freshet_error **out_error) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

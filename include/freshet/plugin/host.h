/* freshet/plugin/host.h - what the host gives a plugin: logging, time, secrets, HTTP, cancellation.
 *
 * Nothing allocated on one side is freed on the other: arguments are borrowed until the function
 * returns, and results go out through callbacks. Text is NUL-terminated UTF-8; content is pointer
 * and size. Every struct begins with its size and may grow at its end, so no array of structs crosses
 * the border: there are arrays of pointers to structs instead. Every function of a sink returns a
 * status: where it is not FRESHET_OK, end the work and return it; why is known, fail() is not needed.
 * A sink ends with the call that it was passed to: afterwards it returns FRESHET_E_MISUSE.
 * Thread tags: [any] from any thread, one call at a time on one object;
 * [concurrent] also several at once. */
#ifndef FRESHET_PLUGIN_HOST_H
#define FRESHET_PLUGIN_HOST_H

#include <freshet/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The bytes of @p type from its beginning to the end of @p member. FRESHET_…_SIZE_1 is what a struct
 * had in version 1, and what it has at least: one that comes with a smaller struct_size is refused,
 * since a forgotten size would turn all that it says into zeros. What lies past a struct_size that is
 * large enough is absent: 0, NULL. Set members by name, so that the same source compiles with the headers of
 * a later version:
 *
 *     freshet_entry entry = {.struct_size = sizeof entry, .last_modified_ms = INT64_MIN, .size = -1}; */
#define FRESHET_SIZE_TO(type, member) (offsetof(type, member) + sizeof(((type *)0)->member))

/** One running call into the plugin. Valid until the plugin's function returns. A plugin hands it
 * back to the host, so that the host knows on whose behalf it acts. */
typedef struct freshet_call freshet_call;

/** How loud a log line is. */
enum {
  FRESHET_LOG_DEBUG = 0,
  FRESHET_LOG_INFO = 1,
  FRESHET_LOG_WARNING = 2,
  FRESHET_LOG_ERROR = 3
};

/** Flags of a request. */
enum {
  FRESHET_HTTP_ROBOTS = 1,        /**< Ask robots.txt first, and keep its crawl delay. */
  FRESHET_HTTP_NOT_REPEATABLE = 2, /**< Not to be sent again once it may have arrived. */
  /** 429 and 5xx are answers, too: their bodies may tell what no retry mends. They are not tried again;
   * a Retry-After of theirs is kept to by the next request. @since 0.1 */
  FRESHET_HTTP_REFUSALS = 4,
  /** To a server that this plugin itself has started: http://127.0.0.1 is reached, with any port, though no
   * option names it. @since 0.1 */
  FRESHET_HTTP_OWN_SERVER = 8
};

/** One request. Fill with zeros, then set struct_size, url, and what differs from the default. */
typedef struct freshet_http_request {
  size_t struct_size;
  const char *method; /**< NULL: GET. */
  const char *url;    /**< Absolute, http or https. Required. */
  /** Name, value, name, value, … Dropped when a redirect leaves the origin. */
  const char *const *headers;
  size_t header_count; /**< Pairs. */
  const void *body;
  size_t body_size;
  uint64_t max_bytes;   /**< Of the decoded body; 0: the host's default (32 MiB). */
  int64_t timeout_ms;   /**< Of one attempt; 0: the host's default (120 s). */
  int64_t pace_ms;      /**< Least time between two requests to this host; 0: none. */
  int32_t max_attempts; /**< 0: the host's default (3). */
  int32_t flags;        /**< FRESHET_HTTP_…, or'ed. */
} freshet_http_request;
#define FRESHET_HTTP_REQUEST_SIZE_1 FRESHET_SIZE_TO(freshet_http_request, flags)

/** One answer: 2xx, 304, 4xx, or what FRESHET_HTTP_REFUSALS adds. Borrowed for the callback. */
typedef struct freshet_http_response {
  size_t struct_size;
  int32_t status;
  int32_t redirects;  /**< How many were followed. */
  int32_t attempts;   /**< How often the request was sent; 1: at once. */
  int32_t permanent_redirect; /**< 1: all redirects on the way were permanent (301, 308). */
  const char *url;    /**< Where it came from, after redirects, normalised. */
  const char *const *headers; /**< Name, value, name, value, …; names in lower case. */
  size_t header_count;        /**< Pairs. */
  const void *body;           /**< Decoded. */
  size_t body_size;
  int64_t date_ms;          /**< Of its Date header, since 1970. INT64_MIN: there is none. */
  int64_t last_modified_ms; /**< The same of Last-Modified. */
} freshet_http_response;
#define FRESHET_HTTP_RESPONSE_SIZE_1 FRESHET_SIZE_TO(freshet_http_response, last_modified_ms)

/** Takes an answer. Anything but FRESHET_OK becomes the result of the function that sent, and no more
 * answers are handed over. @p status is FRESHET_OK and @p response set; or the request failed for good,
 * after its retries, @p response is NULL, and @p message says why. With http_send the failure is
 * also the result. @p index is that of the request in its array; 0 with http_send. Called during that
 * function, one answer at a time; http_send calls on the thread that sent, http_send_many on any. */
typedef freshet_status (*freshet_http_callback)(void *payload, size_t index, freshet_status status,
                                                const freshet_http_response *response, const char *message);

/** Takes one text, borrowed for the callback, during the function that was asked and on its thread.
 * Anything but FRESHET_OK becomes the result of that function. */
typedef freshet_status (*freshet_text_callback)(void *payload, const char *text);

/** The host of one instance: what it logs, asks and sends belongs to the repository that opened it.
 * Valid from open to the end of close, and not after an open that failed. Members past struct_size
 * are absent: look before you call. All functions are [concurrent]. */
typedef struct freshet_host {
  size_t struct_size;
  const char *version; /**< Of freshet: "0.1.0". */
  void *self;          /**< Hand it back where a function takes it. */

  /** Writes one log line. The host shows it, or not, beside its own; it removes known secrets. */
  void (*log)(void *self, int32_t level, const char *message);

  /** Milliseconds since 1970 by the host's clock. Tests set it: ask no other. */
  int64_t (*now_ms)(void *self);

  /** 1 when the call should stop soon: return FRESHET_E_CANCELLED then, without fail(). A look is also
   * a sign of life: a call that shows none for long is left (docs/plugins.md, "A call returns"). */
  int32_t (*cancelled)(freshet_call *call);

  /** Says why the call will return a failure. @p message is one factual line; @p subject names the
   * thing at fault, or NULL; @p retry_after_ms is -1 without a hint: a passing failure then bears the
   * longest that an answer of this call's http_send_many asked for. The last one counts. */
  void (*fail)(freshet_call *call, freshet_status status, const char *message, const char *subject,
               int64_t retry_after_ms);

  /** Hands the secret behind @p reference ("env:NAME" or "file:/path") to @p on_text; or a longer
   * text in which each word "secret:env:NAME" or "secret:file:/path" is replaced by its secret, as
   * in "Bearer secret:env:NAME". FRESHET_E_DENIED, with fail() already called, where there is none.
   * Never log it. */
  freshet_status (*secret)(freshet_call *call, const char *reference, freshet_text_callback on_text,
                           void *payload);

  /** Sends one request and waits: redirects followed, retries made, limits kept, addresses judged.
   * Private addresses are reached only where the options of this instance name that origin.
   * A failure has called fail() already: return its status, or call fail() again with more. */
  freshet_status (*http_send)(freshet_call *call, const freshet_http_request *request,
                              freshet_http_callback on_response, void *payload);

  /** The same for many at once, at most 100,000, within the limits that each server has. Returns when all
   * ended. FRESHET_E_MISUSE: there are more. */
  freshet_status (*http_send_many)(freshet_call *call,
                                   const freshet_http_request *const *requests, size_t count,
                                   freshet_http_callback on_response, void *payload);

  /** The URL that @p reference means on the page @p base_url (NULL: it is absolute), normalised as
   * the host's client will use it. FRESHET_E_INVALID_ARGUMENT for anything but http and https; no
   * fail() is called. */
  freshet_status (*url_resolve)(void *self, const char *base_url, const char *reference,
                                freshet_text_callback on_text, void *payload);
} freshet_host;

#define FRESHET_HOST_SIZE_1 FRESHET_SIZE_TO(freshet_host, url_resolve)

#ifdef __cplusplus
}
#endif
#endif

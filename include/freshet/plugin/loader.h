/* freshet/plugin/loader.h - what a loader plugin implements: it lists a source's entries and
 * fetches one of them. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_LOADER_H
#define FRESHET_PLUGIN_LOADER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The number grows when a member changes its meaning, never when one is appended. */
#define FRESHET_PLUGIN_LOADER "freshet.loader/1"

/** One line of a listing. */
typedef struct freshet_entry {
  size_t struct_size;
  const char *uri;          /**< Canonical: it names the root. Required. */
  const char *version;      /**< A validator that the listing itself bears, such as a blob id or mtime
                                 and size; equal version means unchanged content. NULL: none. */
  const char *title;        /**< NULL: unknown. */
  int64_t last_modified_ms; /**< Since 1970; a hint. INT64_MIN: unknown. */
  int64_t size;             /**< Bytes. -1: unknown. */
} freshet_entry;

/** Takes the entries of a listing. Anything but FRESHET_OK ends it: return that status. May block. */
typedef struct freshet_entry_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*entry)(void *payload, const freshet_entry *entry);
} freshet_entry_sink;

/** What was fetched. */
typedef struct freshet_content {
  size_t struct_size;
  const void *bytes;
  size_t size;
  const char *media_type;    /**< As declared, without parameters. NULL: not declared. */
  const char *charset;       /**< As declared. NULL: not declared. */
  const char *version;       /**< To be handed back as known_version. NULL: none. */
  const char *canonical_uri; /**< The name the source itself gives this content, where it differs
                                  from the entry's. NULL: the same. */
  int32_t attempts;          /**< How often it was asked for. */
} freshet_content;

/** Takes the outcome of a fetch. Call exactly one of these, once. */
typedef struct freshet_fetch_sink {
  size_t struct_size;
  void *payload;
  void (*content)(void *payload, const freshet_content *content);
  void (*not_modified)(void *payload); /**< known_version is still the version. */
  /** The source says that it does not exist: @p confirmed 1 for good (410), 0 for "not found". */
  void (*gone)(void *payload, int32_t confirmed);
} freshet_fetch_sink;

typedef struct freshet_loader_table {
  size_t struct_size; /**< sizeof, as the plugin was compiled; members past it count as NULL. */

  /** Makes an instance from @p options, a JSON object that fits the schema in the manifest, with the
   * schema's defaults filled in. @p host serves this instance until close has returned. @p provider is
   * the payload of a provider that was registered in code, NULL for a library. Opens nothing that may
   * block for long. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_loader);

  /** Hands every entry to @p sink. @p out_complete becomes 1 only if the listing is known to be whole:
   * only then is a missing entry evidence that it is gone. When it is 0, call host->fail() to say why,
   * and return FRESHET_OK if the entries that came are good all the same. [concurrent] */
  freshet_status (*list)(void *loader, freshet_call *call, const freshet_entry_sink *sink,
                         int32_t *out_complete);

  /** Fetches one entry. @p known_version is what an earlier fetch returned, or NULL to fetch it
   * whatever happens. An error page is a failure, never content. [concurrent] */
  freshet_status (*fetch)(void *loader, freshet_call *call, const freshet_entry *entry,
                          const char *known_version, const freshet_fetch_sink *sink);

  /** Releases the instance. Called once, last, with no other call running. NULL is not passed. [any] */
  void (*close)(void *loader);
} freshet_loader_table;

#ifdef __cplusplus
}
#endif
#endif

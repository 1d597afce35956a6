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

/** One line of a listing. An entry that is fetched without having been listed in the same run bears
 * what the last listing said of it, but for version, last_modified_ms and size. */
typedef struct freshet_entry {
  size_t struct_size;
  const char *uri;          /**< Canonical: it names the root. Required. */
  const char *version;      /**< A validator that the listing itself bears, such as a blob id or mtime
                                 and size; equal version means unchanged content. NULL: none. */
  const char *handle;       /**< What the loader wants handed back to fetch the entry, such as a blob id; at
                                 most 1024 bytes. It is kept, and so is there when an entry is fetched
                                 that no listing has just named. NULL: none. */
  const char *title;        /**< Of a document whose content has none. NULL: unknown. */
  const char *metadata;     /**< A JSON object, at most 16 KiB: what the document's content does not say
                                 of itself, such as labels. NULL: none. */
  int64_t last_modified_ms; /**< Since 1970; a hint. INT64_MIN: unknown. */
  int64_t size;             /**< Bytes. -1: unknown. */
} freshet_entry;
#define FRESHET_ENTRY_SIZE_1 FRESHET_SIZE_TO(freshet_entry, size)

/** What a listing is asked for. */
typedef struct freshet_listing_request {
  size_t struct_size;
  const char *state; /**< What the last listing of this source gave as its state, where all that came
                          of it is kept, and loader, options and plugin version are the same. NULL:
                          none, so that everything is to be listed. */
} freshet_listing_request;
#define FRESHET_LISTING_REQUEST_SIZE_1 FRESHET_SIZE_TO(freshet_listing_request, state)

/** Takes what a listing brings. Each may block. */
typedef struct freshet_listing_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*entry)(void *payload, const freshet_entry *entry);
  /** An entry is gone for good; for FRESHET_LISTING_CHANGES only. What the same listing also names as
   * an entry stays. */
  freshet_status (*gone)(void *payload, const char *uri);
  /** What the next listing is to be given as its state, at most 4 MiB; the last one counts. Without one
   * the next listing has none, but after FRESHET_LISTING_UNCHANGED it has the same again. Not kept of
   * FRESHET_LISTING_PART, nor where removals are held: then the next listing has the older one. */
  freshet_status (*state)(void *payload, const char *text);
  /** For people: what the source was taken for, and how it was listed, in one line such as
   * "a site, by its sitemap https://a.example/sitemap.xml". At most 512 bytes; the last one counts. */
  freshet_status (*way)(void *payload, const char *text);
} freshet_listing_sink;
#define FRESHET_LISTING_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_listing_sink, state)

/** What a listing was. UNCHANGED only where a state was handed in. */
enum {
  FRESHET_LISTING_PART = 0,      /**< Entries may be missing: call host->fail() to say why. */
  FRESHET_LISTING_WHOLE = 1,     /**< What was not listed is gone. */
  FRESHET_LISTING_UNCHANGED = 2, /**< Nothing was listed: the listing is as it was at the state. */
  FRESHET_LISTING_CHANGES = 3    /**< What is new, changed or gone since the state; the rest stays. Without
                                      a state: what there is now, of a source that never tells all it has
                                      had, such as a feed; then nothing may be said to be gone. */
};

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
  const char *title;         /**< Of a document whose content has none; before that of the entry. NULL:
                                  none. */
  const char *metadata;      /**< A JSON object, at most 16 KiB: as the entry's, and before it, key by
                                  key. What the reader finds in the bytes comes before both. NULL: none. */
  int32_t attempts;          /**< How often it was asked for. */
  int32_t reserved;          /**< 0. */
} freshet_content;
#define FRESHET_CONTENT_SIZE_1 FRESHET_SIZE_TO(freshet_content, reserved)

/** Takes the outcome of a fetch. Call exactly one of these, once. */
typedef struct freshet_fetch_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*content)(void *payload, const freshet_content *content);
  freshet_status (*not_modified)(void *payload); /**< known_version is still the version. */
  /** The source says that it does not exist: @p confirmed 1 for good (410), 0 for "not found". */
  freshet_status (*gone)(void *payload, int32_t confirmed);
} freshet_fetch_sink;
#define FRESHET_FETCH_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_fetch_sink, gone)

typedef struct freshet_loader_table {
  size_t struct_size; /**< sizeof, as the plugin was compiled; members past it count as NULL. */

  /** Makes an instance from @p options, a JSON object that fits the schema in the manifest, with the
   * schema's defaults filled in. @p host serves this instance until close has returned. @p provider is
   * the payload of a provider that was registered in code, NULL for a library. Opens nothing that may
   * block for long. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_loader);

  /** Hands every entry to @p sink, and says in @p out_kind what the listing was: FRESHET_LISTING_PART
   * unless it is set. Only where it is known to be whole is a missing entry evidence that it is gone. A
   * part is FRESHET_OK if the entries that came are good. [concurrent] */
  freshet_status (*list)(void *loader, freshet_call *call, const freshet_listing_request *request,
                         const freshet_listing_sink *sink, int32_t *out_kind);

  /** Fetches one entry. @p known_version is what an earlier fetch returned, or NULL to fetch it
   * whatever happens. An error page is a failure, never content. [concurrent] */
  freshet_status (*fetch)(void *loader, freshet_call *call, const freshet_entry *entry,
                          const char *known_version, const freshet_fetch_sink *sink);

  /** Releases the instance. Called once, last, with no other call running. NULL is not passed. [any] */
  void (*close)(void *loader);

  /** Says that @p entries, at most 1024, are about to be fetched, each with the one of @p known_versions at
   * its place (NULL as for fetch), so that what they need can come in one request. NULL: each is fetched by
   * itself. Called where several are due, also from within a sink of list(). Not all of them need be
   * fetched then. A failure is told by the fetches: what is returned here is not. [concurrent] @since 0.1 */
  freshet_status (*prepare)(void *loader, freshet_call *call, const freshet_entry *const *entries,
                            const char *const *known_versions, size_t count);
} freshet_loader_table;
#define FRESHET_LOADER_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_loader_table, close)

#ifdef __cplusplus
}
#endif
#endif

/* freshet/plugin/store.h - what a store plugin implements: it keeps the rows of a namespace and
 * searches them. Every write is idempotent. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_STORE_H
#define FRESHET_PLUGIN_STORE_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_STORE "freshet.store/1"

/** What an instance can do. */
enum {
  FRESHET_STORE_NEEDS_VECTORS = 1, /**< Cannot keep a row without a vector. */
  FRESHET_STORE_TEXT_SEARCH = 2,
  FRESHET_STORE_VECTOR_SEARCH = 4,
  FRESHET_STORE_HYBRID_SEARCH = 8,
  FRESHET_STORE_FILTERS = 16
};

typedef struct freshet_store_info {
  size_t struct_size;
  uint32_t capabilities;      /**< FRESHET_STORE_…, or'ed. */
  uint32_t max_batch;         /**< Rows a write; at least 1. */
  uint32_t max_id_bytes;
  uint32_t max_text_bytes;    /**< 0: no limit. */
  uint32_t concurrent_writes; /**< Writes that may run at once; at least 1. */
  uint32_t reserved;          /**< 0. */
} freshet_store_info;
#define FRESHET_STORE_INFO_SIZE_1 FRESHET_SIZE_TO(freshet_store_info, reserved)

/** The namespace that is to be there. */
typedef struct freshet_store_namespace {
  size_t struct_size;
  const char *name;
  uint32_t dimension; /**< 0: rows come without vectors. */
  const char *model;  /**< The embedder's model, or "". */
} freshet_store_namespace;
#define FRESHET_STORE_NAMESPACE_SIZE_1 FRESHET_SIZE_TO(freshet_store_namespace, model)

/** One row. All texts are set; "" where there is none. */
typedef struct freshet_row {
  size_t struct_size;
  const char *id;     /**< 32 hexadecimal digits. */
  const char *digest; /**< Of the row: kept with it and listed, for verification. */
  const char *text;
  size_t text_size;
  const char *uri;      /**< Of the root. */
  const char *title;    /**< Of the document. */
  const char *url;      /**< Of the section: the root's URI with an anchor. */
  const char *path;     /**< Section titles, joined by " > ". */
  const char *metadata; /**< A JSON object. */
  const float *vector;  /**< NULL: none. */
  size_t dimension;
} freshet_row;
#define FRESHET_ROW_SIZE_1 FRESHET_SIZE_TO(freshet_row, dimension)

/** Takes the id of a row that is stored, or gone, for good. What is not confirmed is tried again.
 * Anything but FRESHET_OK: end the work and return it. */
typedef freshet_status (*freshet_confirm_callback)(void *payload, const char *id);

/** How to search. */
enum { FRESHET_SEARCH_TEXT = 0, FRESHET_SEARCH_VECTOR = 1, FRESHET_SEARCH_HYBRID = 2 };

typedef struct freshet_search {
  size_t struct_size;
  int32_t mode;        /**< FRESHET_SEARCH_… */
  uint32_t limit;      /**< At least 1. */
  const char *text;    /**< For text and hybrid. */
  const float *vector; /**< For vector and hybrid. */
  size_t dimension;
  const char *filter;  /**< NULL, or a JSON object in the filter language: docs/filters.md. */
} freshet_search;
#define FRESHET_SEARCH_SIZE_1 FRESHET_SIZE_TO(freshet_search, filter)

/** One row found. */
typedef struct freshet_found {
  size_t struct_size;
  double score; /**< Higher is better; comparable within one search. */
  const char *id, *digest, *text, *uri, *title, *url, *path, *metadata;
  const float *vector; /**< From get only: as it was written, or that times a positive number; NULL: not
                            kept, or not as exactly. The host compares it to a millionth. */
  size_t dimension;
} freshet_found;
#define FRESHET_FOUND_SIZE_1 FRESHET_SIZE_TO(freshet_found, metadata)

/** Takes rows, best first (search), or in the order of their ids (get, list). Anything but 0 ends it. */
typedef int32_t (*freshet_found_callback)(void *payload, const freshet_found *found);

/** Takes one line of text, in lower case. Anything but 0 ends it. */
typedef int32_t (*freshet_line_callback)(void *payload, const char *line);

typedef struct freshet_store_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_store);

  /** Fills @p out_info, whose struct_size the host has set. [concurrent] */
  freshet_status (*info)(void *store, freshet_call *call, freshet_store_info *out_info);

  /** Creates the namespace where it is missing. FRESHET_E_INVALID_ARGUMENT where it exists with
   * another dimension or model, before anything is written. [concurrent] */
  freshet_status (*ensure)(void *store, freshet_call *call, const freshet_store_namespace *ns);

  /** Adds or replaces whole rows by id, and confirms each. [concurrent] up to concurrent_writes */
  freshet_status (*upsert)(void *store, freshet_call *call, const char *ns,
                           const freshet_row *const *rows, size_t count,
                           freshet_confirm_callback on_confirmed, void *payload);

  /** Removes rows by id, and confirms each; one that is not there is confirmed too. [concurrent] */
  freshet_status (*remove)(void *store, freshet_call *call, const char *ns, const char *const *ids,
                           size_t count, freshet_confirm_callback on_confirmed, void *payload);

  /** Finds rows. FRESHET_E_NOT_FOUND: no such namespace. [concurrent] */
  freshet_status (*search)(void *store, freshet_call *call, const char *ns, const freshet_search *search,
                           freshet_found_callback on_found, void *payload);

  /** Rows by id; those that are not there are left out. [concurrent] */
  freshet_status (*get)(void *store, freshet_call *call, const char *ns, const char *const *ids,
                        size_t count, freshet_found_callback on_found, void *payload);

  /** At most @p limit ids and digests after @p cursor ("": from the first), in their order; the other
   * members of a row may be NULL. [concurrent] */
  freshet_status (*list)(void *store, freshet_call *call, const char *ns, const char *cursor,
                         uint32_t limit, freshet_found_callback on_found, void *payload);

  /** How many rows there are. [concurrent] */
  freshet_status (*count)(void *store, freshet_call *call, const char *ns, uint64_t *out_count);

  /** Removes the namespace and its rows; one that is not there is no failure. [concurrent] */
  freshet_status (*reset)(void *store, freshet_call *call, const char *ns);

  /** As for a loader. [any] */
  void (*close)(void *store);

  /** Optional. From now on this instance writes on behalf of @p fence, to whatever namespace: every
   * write compares, in its own transaction, @p fence with the largest one on whose behalf anything
   * was written before under the name @p ns; a smaller one is refused with FRESHET_E_BUSY and
   * changes nothing. @p out_newest is the largest so far, 0 where there is none; it may be larger
   * than @p fence. It outlives the namespace. A store that has this member is safe from a writer
   * that was stopped and goes on when another has taken over. [concurrent] */
  freshet_status (*claim)(void *store, freshet_call *call, const char *ns, uint64_t fence,
                          uint64_t *out_newest);

  /** Optional. Puts the namespace @p by in the place of @p ns, at once: whoever searches @p ns finds
   * the rows of the one or of the other, and never none; @p by is no name of a namespace any more.
   * Where it was done before, it succeeds again. FRESHET_E_NOT_FOUND: there is no @p by, and it
   * did not take this place. A store that has this member is rebuilt aside: @p by is @p ns with
   * "~" and a number, at most 160 bytes. [concurrent] */
  freshet_status (*replace)(void *store, freshet_call *call, const char *ns, const char *by);

  /** Looks for damage in the place itself, and changes nothing; the rows are the host's to compare. Gives
   * one line for each thing that is wrong with the namespace and that is gone once it is reset. With an
   * empty name in @p ns it looks at the place alone.
   * FRESHET_E_CORRUPT: the whole place is damaged, and it takes recover. With @p deep not 0 it looks at
   * everything, else at what it finds quickly. A namespace that is not there is not damaged. NULL:
   * cannot tell. [concurrent] */
  freshet_status (*check)(void *store, freshet_call *call, const freshet_store_namespace *ns, int32_t deep,
                          freshet_line_callback on_finding, void *payload);

  /** Empties the place that @p options name, as given to open, because it is damaged: all namespaces.
   * What was there is kept beside it where that is possible, and one line says where. What other
   * programs wrote is not touched: FRESHET_E_VERSION. FRESHET_E_BUSY while somebody has it open. @p host
   * serves this call alone. NULL: cannot. [concurrent] */
  freshet_status (*recover)(void *provider, const freshet_host *host, freshet_call *call,
                            const char *options, freshet_line_callback on_done, void *payload);
} freshet_store_table;
#define FRESHET_STORE_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_store_table, close)

#ifdef __cplusplus
}
#endif
#endif

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
  FRESHET_STORE_ORDERED = 16 /**< A listing comes in the order of the ids, as bytes compare. */
};

/** What a store orders vectors by. To one that does not take the cosine, the host gives every vector with
 * length 1, in rows and in searches: all three then find the same. */
enum {
  FRESHET_STORE_METRIC_COSINE = 0,
  FRESHET_STORE_METRIC_L2 = 1, /**< The distance of their ends. */
  FRESHET_STORE_METRIC_DOT = 2 /**< The dot product. */
};

/** Operators of a filter. In its text each is a JSON array whose first element is the name:
 *     ["eq", key, value]      so are ne, gt, gte, lt, lte, contains, icontains, ieq, starts_with, ends_with,
 *                             like and has; the value is a text, a number or a boolean
 *     ["in", key, [value…]]   so is nin
 *     ["and", filter…]        so is or; "and" of none always holds, "or" of none never does
 *     ["not", filter]
 * What each means is in docs/filters.md, under the same name with a "$". */
enum {
  FRESHET_FILTER_AND = 1,
  FRESHET_FILTER_OR = 1 << 1,
  FRESHET_FILTER_NOT = 1 << 2,
  FRESHET_FILTER_EQ = 1 << 3,
  FRESHET_FILTER_NE = 1 << 4,
  FRESHET_FILTER_GT = 1 << 5,
  FRESHET_FILTER_GTE = 1 << 6,
  FRESHET_FILTER_LT = 1 << 7,
  FRESHET_FILTER_LTE = 1 << 8,
  FRESHET_FILTER_IN = 1 << 9,
  FRESHET_FILTER_NIN = 1 << 10,
  FRESHET_FILTER_CONTAINS = 1 << 11,
  FRESHET_FILTER_ICONTAINS = 1 << 12,
  FRESHET_FILTER_IEQ = 1 << 13,
  FRESHET_FILTER_STARTS_WITH = 1 << 14,
  FRESHET_FILTER_ENDS_WITH = 1 << 15,
  FRESHET_FILTER_LIKE = 1 << 16,
  FRESHET_FILTER_HAS = 1 << 17
};

/** What an instance is, and its limits. */
typedef struct freshet_store_info {
  size_t struct_size;
  uint32_t capabilities;      /**< FRESHET_STORE_…, or'ed. */
  uint32_t filter_operators;  /**< FRESHET_FILTER_…, or'ed: what search tests, of every key and value, as
                                   docs/filters.md says. The host tests the rest on the rows found. */
  uint32_t max_batch;         /**< Rows a write; at least 1. */
  uint32_t max_id_bytes;      /**< At least 32. */
  uint32_t max_text_bytes;    /**< 0: no limit. A row with a longer text is not sent, and stays pending. */
  uint32_t max_request_bytes; /**< Of all rows of an upsert together: their texts, and 4 a number of their
                                   vectors. 0: no limit. A row that alone has more comes alone. */
  uint32_t concurrent_writes; /**< Writes that may run at once; at least 1. */
  int32_t metric;             /**< FRESHET_STORE_METRIC_… */
} freshet_store_info;
#define FRESHET_STORE_INFO_SIZE_1 FRESHET_SIZE_TO(freshet_store_info, metric)

/** The namespace that ensure makes, or finds. */
typedef struct freshet_store_namespace {
  size_t struct_size;
  const char *name;
  uint32_t dimension; /**< 0: rows come without vectors. */
  const char *model;  /**< The embedder's model, or "". */
} freshet_store_namespace;
#define FRESHET_STORE_NAMESPACE_SIZE_1 FRESHET_SIZE_TO(freshet_store_namespace, model)

/** One row. Borrowed for the call. All texts are set; "" where there is none. */
typedef struct freshet_row {
  size_t struct_size;
  const char *id;     /**< 32 hexadecimal digits. */
  const char *digest; /**< Of the row: kept with it and listed, for verification. */
  const char *text;   /**< text_size bytes; no NUL need follow them, as one does the other texts. */
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

/** Takes the id of a row that is stored, or gone, for good. What is not confirmed is tried again. */
typedef struct freshet_confirm_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*confirmed)(void *payload, const char *id);
} freshet_confirm_sink;
#define FRESHET_CONFIRM_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_confirm_sink, confirmed)

/** How to search. */
enum { FRESHET_SEARCH_TEXT = 0, FRESHET_SEARCH_VECTOR = 1, FRESHET_SEARCH_HYBRID = 2 };

/** What to search for. Borrowed for the call. */
typedef struct freshet_search {
  size_t struct_size;
  int32_t mode;        /**< FRESHET_SEARCH_… */
  uint32_t limit;      /**< At least 1. */
  const char *text;    /**< For text and hybrid. */
  const float *vector; /**< For vector and hybrid. */
  size_t dimension;
  const char *filter;  /**< NULL, or a filter as above, of operators in filter_operators alone. It is
                            sound: what people wrote was read, and refused, by the host. */
} freshet_search;
#define FRESHET_SEARCH_SIZE_1 FRESHET_SIZE_TO(freshet_search, filter)

/** One row found. Borrowed for the callback. */
typedef struct freshet_found {
  size_t struct_size;
  double score; /**< Higher is better; comparable within one search. */
  const char *id, *digest, *text, *uri, *title, *url, *path, *metadata;
  const float *vector; /**< From get only: as it was written, or that times a positive number; NULL: not
                            kept, or not as exactly. The host compares it to a millionth. */
  size_t dimension;
} freshet_found;
#define FRESHET_FOUND_SIZE_1 FRESHET_SIZE_TO(freshet_found, metadata)

/** Takes rows: best first from search, in any order from get. More than were asked for are an error. */
typedef struct freshet_found_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*row)(void *payload, const freshet_found *found);
} freshet_found_sink;
#define FRESHET_FOUND_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_found_sink, row)

/** Takes a page of a listing. */
typedef struct freshet_list_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*row)(void *payload, const char *id, const char *digest);
  /** Where the next page begins: a text that only the store understands, at most 4 KiB, and none that this
   * listing had before. Call once at most, and only for a page with a row. Without it, the listing ends. */
  freshet_status (*next)(void *payload, const char *cursor);
} freshet_list_sink;
#define FRESHET_LIST_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_list_sink, next)

/** Takes texts, one a call. Copied. */
typedef struct freshet_text_sink {
  size_t struct_size;
  void *payload;
  freshet_status (*text)(void *payload, const char *text);
} freshet_text_sink;
#define FRESHET_TEXT_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_text_sink, text)

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
                           const freshet_confirm_sink *sink);

  /** Removes rows by id, and confirms each; one that is not there is confirmed too. [concurrent] */
  freshet_status (*remove)(void *store, freshet_call *call, const char *ns, const char *const *ids,
                           size_t count, const freshet_confirm_sink *sink);

  /** Finds rows: fewer than the limit only where there are no more. FRESHET_E_NOT_FOUND: no such
   * namespace. [concurrent] */
  freshet_status (*search)(void *store, freshet_call *call, const char *ns, const freshet_search *search,
                           const freshet_found_sink *sink);

  /** Rows by id, each once; those that are not there are left out. [concurrent] */
  freshet_status (*get)(void *store, freshet_call *call, const char *ns, const char *const *ids,
                        size_t count, const freshet_found_sink *sink);

  /** A page of at most @p limit ids and digests. @p cursor is what the page before gave as its next, ""
   * for the first. Each id comes once, in any order unless FRESHET_STORE_ORDERED; a row that is written
   * or removed meanwhile may be there or not. FRESHET_E_NOT_FOUND: no such namespace. [concurrent] */
  freshet_status (*list)(void *store, freshet_call *call, const char *ns, const char *cursor,
                         uint32_t limit, const freshet_list_sink *sink);

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
   * one line, in lower case, for each thing that is wrong with the namespace and that is gone once it is
   * reset. With an empty name in @p ns it looks at the place alone. FRESHET_E_CORRUPT: the whole place is
   * damaged, and it takes recover. With @p deep not 0 it looks at everything, else at what it finds
   * quickly. A namespace that is not there is not damaged. NULL: cannot tell. [concurrent] */
  freshet_status (*check)(void *store, freshet_call *call, const freshet_store_namespace *ns, int32_t deep,
                          const freshet_text_sink *sink);

  /** Empties the place that @p options name, as given to open, because it is damaged: all namespaces.
   * What was there is kept beside it where that is possible, and one line says where. What other
   * programs wrote is not touched: FRESHET_E_VERSION. FRESHET_E_BUSY while somebody has it open. @p host
   * serves this call alone. NULL: cannot. [concurrent] */
  freshet_status (*recover)(void *provider, const freshet_host *host, freshet_call *call,
                            const char *options, const freshet_text_sink *sink);

  /** Optional. The names of all namespaces in the place, each once, in any order. [concurrent] */
  freshet_status (*namespaces)(void *store, freshet_call *call, const freshet_text_sink *sink);

  /** Optional, for a place that others may write to. How many rows there are in the place of the namespace
   * that this store's upsert did not write: count and list leave them out, and reset leaves them there.
   * Where @p remove is not 0 they are removed, and @p out_count is how many there were.
   * FRESHET_E_NOT_FOUND: no such namespace. [concurrent] */
  freshet_status (*foreign)(void *store, freshet_call *call, const char *ns, int32_t remove,
                            uint64_t *out_count);
} freshet_store_table;
#define FRESHET_STORE_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_store_table, close)

#ifdef __cplusplus
}
#endif
#endif

/* freshet/query.h - finds chunks in the store that a repository is delivered to.
 *
 * Threads:   any thread, also several at the same time; hits do not change.
 * Ownership: hits are the caller's until freshet_hits_free(); texts in freshet_hit are borrowed from
 *            them. */
#ifndef FRESHET_QUERY_H
#define FRESHET_QUERY_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

typedef struct freshet_hits freshet_hits;

/** One chunk found. Its texts are never NULL. */
typedef struct freshet_hit {
  size_t struct_size;
  double score; /**< Higher is better; comparable within one query only. */
  const char *text;
  const char *uri; /**< Of the root. */
  const char *title;
  const char *path; /**< Section titles, joined by " > ". */
  const char *url;  /**< The nearest anchor. */
  const char *chunk_id;
  const char *metadata; /**< JSON object. */
  int64_t checked_ms;   /**< When its source last confirmed the root, in ms since 1970; 0: never. */
  int64_t due_ms;       /**< When its policy is asked again; FRESHET_NEVER: not by itself. */
  /** Why it is older than "max_age", or "" where it is not, or nothing was asked. */
  const char *unconfirmed;
  /** What "section" or "expand" asked for: the text around it, its own included; "" where neither did, or
   * the repository no longer has the chunk. */
  const char *context;
  uint64_t tokens; /**< With "max_tokens": what it takes of that; else 0. */
  uint32_t query;  /**< With "also": which of the queries found it first; 0 is the text of the call. */
  uint32_t reserved;
} freshet_hit;

#define FRESHET_HIT_INIT \
  { sizeof(freshet_hit), 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, 0, 0, 0 }

/** Searches. Blocks while the store, and for vectors the embedder, answers.
 *
 * @param text          what to look for; not empty
 * @param options_json  NULL, or an object with any of: "limit" (10; 1 to 1000), "mode" ("text",
 *     "vector" or "hybrid"; by default the best of what store and embedder can), "filter" (an object in
 *     the filter language, docs/filters.md; what the store cannot test of it, the library tests), "target"
 *     (the number of the store to ask, as freshet_repository_status() has it; by default the live one of the
 *     smallest number), and those of the two lists below
 * @param call          limits, or NULL
 * @retval FRESHET_E_NOT_FOUND         no such target is live, or the store lost the namespace. Where nothing
 *                                     was delivered yet there are no hits, and that is no error
 *
 * For a reader with little room, such as a language model (docs/queries.md):
 *   "also"        further queries, an array of texts: the hits are the best of each, then the second best of
 *                 each, and so on, every row once. "limit" is for each
 *   "expand"      (0; to 100) so many neighbours on either side, of the same document, go into
 *                 freshet_hit::context
 *   "section"     (false) the whole section goes there. Of several hits of one section the best stands for all
 *   "fold"        (false) of hits on several pages that say nearly the same, the best stands for all; the JSON
 *                 form has the URLs of the others in "also_at"
 *   "max_tokens"  what all texts may have together, each with its context where there is one. The best go
 *                 in first; one that does not fit makes room for those behind it
 *   "tokenizer"   what counts tokens: the name of a tokenizer, or {"name","options"}. Without it four bytes
 *                 are one
 * Surroundings come from the repository, not from the store.
 *
 * "max_age" ("1h") says how long ago the sources may have confirmed what is found. Roots of hits that
 * were confirmed longer ago are asked for: whatever their policies say, each by the source that has it, as
 * "config" (required; what freshet_refresh_start() takes) describes it, conditionally, and several at once.
 * What has changed is stored and delivered, and the query is answered again. That ends at the latest
 * after "deadline" ("10s"; "1ms" to "1h"); what could not be confirmed until then is a hit all the same,
 * and says why in freshet_hit::unconfirmed. docs/freshness.md has the rules.
 *
 * @retval FRESHET_E_UNSUPPORTED       the store cannot search that way; or "max_age" with a repository
 *                                     that is open for reading only
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong
 * @since 0.1 */
FRESHET_API freshet_status freshet_query_run(freshet_repository *repository, const char *text,
                                             const char *options_json,
                                             const freshet_call_options *call,
                                             freshet_hits **out_hits,
                                             freshet_error **out_error) FRESHET_NOEXCEPT;

/** Searches for the rows whose vectors are nearest to @p vector, as freshet_embed() gives it. Blocks while
 * the store answers.
 *
 * @param vector        @p dimension numbers, as many as the rows' vectors have; not all zero
 * @param options_json  NULL, or an object with any of: "limit", "filter", "target", "max_age", "deadline",
 *     "config", "expand", "section", "fold", "max_tokens" and "tokenizer", as above
 * @param call          limits, or NULL
 * @retval FRESHET_E_NOT_FOUND         as above
 * @retval FRESHET_E_UNSUPPORTED       the rows have no vectors, or the store cannot search for them
 * @retval FRESHET_E_INVALID_ARGUMENT  an option is wrong, or the vector: another dimension, what is not
 *                                     a number, nothing but zeros
 * @since 0.1 */
FRESHET_API freshet_status freshet_query_vector(freshet_repository *repository, const float *vector,
                                                size_t dimension, const char *options_json,
                                                const freshet_call_options *call,
                                                freshet_hits **out_hits,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** How many hits there are; 0 on a handle that is no freshet_hits. @since 0.1 */
FRESHET_API size_t freshet_hits_count(const freshet_hits *hits) FRESHET_NOEXCEPT;

/** 0: no other row passes the filter, or these are as many as were asked for. Else there may be more that
 * pass it: the store cannot test all of the filter, and the library has held as many of the best rows as
 * this against it (10,000), and stopped. 0 also on a handle that is no freshet_hits. @since 0.1 */
FRESHET_API uint32_t freshet_hits_ended_after(const freshet_hits *hits) FRESHET_NOEXCEPT;

/** Fills @p out_hit with hit @p index, from 0, the best first.
 * @retval FRESHET_E_NOT_FOUND  there is no such hit
 * @since 0.1 */
FRESHET_API freshet_status freshet_hits_get(const freshet_hits *hits, size_t index, freshet_hit *out_hit,
                                            freshet_error **out_error) FRESHET_NOEXCEPT;

/** The hits as JSON: {"hits":[{"score","text","uri","title","path","url","chunk_id","metadata",
 * "checked_ms","due_ms","unconfirmed","query","context","tokens","also_at"}…],"ended_after"}; a time is null where
 * there is none, and "unconfirmed" where there is nothing to say; "context" and "tokens" are there where they were
 * asked for.
 * @param out_json  the caller's: freshet_string_free() @since 0.1 */
FRESHET_API freshet_status freshet_hits_to_json(const freshet_hits *hits, char **out_json,
                                                freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p hits. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_hits_free(freshet_hits *hits) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

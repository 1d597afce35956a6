/* freshet/plugin/tokenizer.h - what a tokenizer plugin implements: it says how many tokens a text has,
 * and where each of them ends. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_TOKENIZER_H
#define FRESHET_PLUGIN_TOKENIZER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_TOKENIZER "freshet.tokenizer/1"

/** What an instance is. Borrowed until it is closed. */
typedef struct freshet_tokenizer_info {
  size_t struct_size;
  const char *name;        /**< As its publisher calls it, such as "cl100k_base": the same word as in the
                                freshet_embedder_info of a model that uses it. Required. */
  const char *fingerprint; /**< Changes whenever the same text would have other tokens. Documents that were
                                chunked under another one are read anew. At most 1024 bytes; NULL: the
                                plugin's version and its options say it all. */
} freshet_tokenizer_info;
#define FRESHET_TOKENIZER_INFO_SIZE_1 FRESHET_SIZE_TO(freshet_tokenizer_info, fingerprint)

/** Takes the tokens of a text. */
typedef struct freshet_token_sink {
  size_t struct_size;
  void *payload;
  /** Where the next @p count tokens end: bytes from the beginning of the text, in order. A token begins
   * where the one before it ends. An end may come several times, for tokens that stand for parts of one
   * character, and may lie inside a character. Call it as often as is convenient. */
  freshet_status (*ends)(void *payload, const size_t *ends, size_t count);
} freshet_token_sink;
#define FRESHET_TOKEN_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_token_sink, ends)

/** Texts are UTF-8. Tokens that a model adds to every text, such as a beginning and an end, are not
 * counted; nothing in a text is a special token. The same text has the same tokens each time. */
typedef struct freshet_tokenizer_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_tokenizer);

  /** Fills @p out_info, whose struct_size the host has set. [concurrent] */
  freshet_status (*info)(void *tokenizer, freshet_call *call, freshet_tokenizer_info *out_info);

  /** How many tokens @p text has: as many as split gives. At most 8 a byte. [concurrent] */
  freshet_status (*count)(void *tokenizer, freshet_call *call, const char *text, size_t size,
                          uint64_t *out_tokens);

  /** Where each token of @p text ends. It may be long: a whole document is asked for once, and its chunks
   * are then cut at these places, at most so many tokens each. [concurrent] */
  freshet_status (*split)(void *tokenizer, freshet_call *call, const char *text, size_t size,
                          const freshet_token_sink *sink);

  /** As for a loader. [any] */
  void (*close)(void *tokenizer);
} freshet_tokenizer_table;
#define FRESHET_TOKENIZER_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_tokenizer_table, close)

#ifdef __cplusplus
}
#endif
#endif

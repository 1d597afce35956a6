/* freshet/plugin/embedder.h - what an embedder plugin implements: texts to vectors.
 * See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_EMBEDDER_H
#define FRESHET_PLUGIN_EMBEDDER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_EMBEDDER "freshet.embedder/1"

/** What an instance is. Borrowed until it is closed. */
typedef struct freshet_embedder_info {
  size_t struct_size;
  const char *model;     /**< Names the vector space: equal model, comparable vectors. */
  const char *tokenizer; /**< Names what its tokens are counted with, as its publisher calls it, such as
                              "cl100k_base": the name in a freshet_tokenizer_info. NULL: not told. */
  uint64_t max_bytes;    /**< Of all texts of a request together; 0: no limit. */
  uint32_t dimension;    /**< At least 1. */
  uint32_t max_inputs;   /**< Texts a request; at least 1. */
  uint32_t max_tokens;   /**< A request, as the host estimates them; 0: no limit. */
  uint32_t max_text_tokens; /**< A text: what is beyond is cut or refused by the model; 0: no limit. */
} freshet_embedder_info;
#define FRESHET_EMBEDDER_INFO_SIZE_1 FRESHET_SIZE_TO(freshet_embedder_info, max_text_tokens)

/** What vectors are for: many models embed a question otherwise than what answers it. */
enum { FRESHET_EMBED_DOCUMENT = 0, FRESHET_EMBED_QUERY = 1 };

/** What is to be embedded. Borrowed for the call. */
typedef struct freshet_embed_request {
  size_t struct_size;
  const char *const *texts;
  const size_t *sizes; /**< Bytes of each text. */
  size_t count;        /**< 1 to max_inputs. */
  int32_t purpose;     /**< FRESHET_EMBED_…; take one that you do not know for a document. */
  int32_t reserved;    /**< 0. */
} freshet_embed_request;
#define FRESHET_EMBED_REQUEST_SIZE_1 FRESHET_SIZE_TO(freshet_embed_request, reserved)

/** Takes what becomes of the texts: for each exactly one of vector and reject, in any order, from any
 * thread. Vectors that are not finite, all zero, or of another dimension fail the call. */
typedef struct freshet_vector_sink {
  size_t struct_size;
  void *payload;
  /** The vector of the text @p index. Copied. */
  freshet_status (*vector)(void *payload, size_t index, const float *values, size_t dimension);
  /** The text @p index will not be embedded however often it is asked for, such as one that is too long
   * or that the service's rules forbid. Its document fails, the other texts keep their vectors. Where
   * the service as a whole cannot do its work, fail the call instead. @p status is any but FRESHET_OK;
   * @p message is one line that says why, NULL for none. */
  freshet_status (*reject)(void *payload, size_t index, freshet_status status, const char *message);
  /** So many tokens were used, as the service counts them; several calls add up. Without any the host
   * reports an estimate. */
  freshet_status (*usage)(void *payload, uint64_t tokens);
} freshet_vector_sink;
#define FRESHET_VECTOR_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_vector_sink, usage)

typedef struct freshet_embedder_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_embedder);

  /** Fills @p out_info, whose struct_size the host has set. [concurrent] */
  freshet_status (*info)(void *embedder, freshet_call *call, freshet_embedder_info *out_info);

  /** Embeds every text of @p request. What was given before a failure is kept, so give each vector as
   * soon as it is there. [concurrent] */
  freshet_status (*embed)(void *embedder, freshet_call *call, const freshet_embed_request *request,
                          const freshet_vector_sink *sink);

  /** As for a loader. [any] */
  void (*close)(void *embedder);
} freshet_embedder_table;
#define FRESHET_EMBEDDER_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_embedder_table, close)

#ifdef __cplusplus
}
#endif
#endif

/* freshet/plugin/transformer.h - what a transformer plugin implements: it enriches the texts and the
 * metadata of chunks before they are embedded and stored. See host.h for ownership and thread tags. */
#ifndef FRESHET_PLUGIN_TRANSFORMER_H
#define FRESHET_PLUGIN_TRANSFORMER_H

#include <freshet/plugin/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRESHET_PLUGIN_TRANSFORMER "freshet.transformer/1"

/** What an instance is. Borrowed until it is closed. */
typedef struct freshet_transformer_info {
  size_t struct_size;
  const char *fingerprint; /**< Changes whenever the same chunks would be transformed differently: the
                                name of a model, the version of a prompt. Documents that were made under
                                another one are read anew. At most 1024 bytes; NULL: the plugin's version
                                and its options say it all. */
  uint32_t max_chunks;     /**< A request; at least 1. */
  uint32_t reserved;       /**< 0. */
} freshet_transformer_info;
#define FRESHET_TRANSFORMER_INFO_SIZE_1 FRESHET_SIZE_TO(freshet_transformer_info, reserved)

/** The document that chunks are of. */
typedef struct freshet_transform_document {
  size_t struct_size;
  const char *uri;
  const char *title;    /**< "": none. */
  const char *metadata; /**< A JSON object. */
  const char *text;     /**< All of it: the chunks were cut from this. */
  size_t size;
} freshet_transform_document;
#define FRESHET_TRANSFORM_DOCUMENT_SIZE_1 FRESHET_SIZE_TO(freshet_transform_document, size)

/** A chunk to be transformed. */
typedef struct freshet_transform_chunk {
  size_t struct_size;
  const freshet_transform_document *document;
  const char *text; /**< As the transformers before this one have left it. */
  size_t size;
  const char *section; /**< The title of the section that it is of; "": none. */
  const char *url;     /**< The nearest anchor, or the document's URI. */
  uint64_t span_begin; /**< Where it stands in the document's text, in bytes. */
  uint64_t span_end;
} freshet_transform_chunk;
#define FRESHET_TRANSFORM_CHUNK_SIZE_1 FRESHET_SIZE_TO(freshet_transform_chunk, span_end)

/** What is to be transformed: chunks of one document or of several. Those of one lie together and in
 * order; a document with many may come in several requests, also at the same time. Borrowed for the
 * call. */
typedef struct freshet_transform_request {
  size_t struct_size;
  const freshet_transform_chunk *const *chunks;
  size_t count; /**< 1 to max_chunks. */
} freshet_transform_request;
#define FRESHET_TRANSFORM_REQUEST_SIZE_1 FRESHET_SIZE_TO(freshet_transform_request, count)

/** Takes what becomes of the chunks, in any order, from any thread: each at most one text and one
 * metadata, or a reject. A chunk of which nothing is said stays as it is. There is no other outcome: no
 * chunk is added, and none goes. */
typedef struct freshet_transform_sink {
  size_t struct_size;
  void *payload;
  /** The text of the chunk @p index from now on; UTF-8, with something in it, at most 1 MiB. Copied. What
   * all chunks of a document have then may be at most 32 times its text, and 1 MiB. */
  freshet_status (*text)(void *payload, size_t index, const char *text, size_t size);
  /** What is added to the metadata of the chunk, key by key: a JSON object of at most 4 KiB. */
  freshet_status (*metadata)(void *payload, size_t index, const char *json);
  /** The chunk @p index will not be transformed however often it is asked for. Its document fails and
   * keeps what it had, the other documents do not. Where the service as a whole cannot do its work, fail
   * the call instead. @p status is any but FRESHET_OK; @p message is one line that says why, NULL for
   * none. */
  freshet_status (*reject)(void *payload, size_t index, freshet_status status, const char *message);
} freshet_transform_sink;
#define FRESHET_TRANSFORM_SINK_SIZE_1 FRESHET_SIZE_TO(freshet_transform_sink, reject)

typedef struct freshet_transformer_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_transformer);

  /** Fills @p out_info, whose struct_size the host has set. [concurrent] */
  freshet_status (*info)(void *transformer, freshet_call *call, freshet_transformer_info *out_info);

  /** Transforms the chunks of @p request. May take long, as a model does: look at host->cancelled(). Give
   * equal chunks equal texts, since another text is another chunk, which is embedded again. A failure
   * fails every document of the request; each of several is tried alone before. [concurrent] */
  freshet_status (*transform)(void *transformer, freshet_call *call,
                              const freshet_transform_request *request,
                              const freshet_transform_sink *sink);

  /** As for a loader. [any] */
  void (*close)(void *transformer);
} freshet_transformer_table;
#define FRESHET_TRANSFORMER_TABLE_SIZE_1 FRESHET_SIZE_TO(freshet_transformer_table, close)

#ifdef __cplusplus
}
#endif
#endif

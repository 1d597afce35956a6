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
  const char *model;   /**< Names the vector space: equal model, comparable vectors. */
  uint32_t dimension;  /**< At least 1. */
  uint32_t max_inputs; /**< Texts a call. */
  uint32_t max_tokens; /**< A call, estimated; 0: no limit. */
} freshet_embedder_info;

/** Takes the vector of the text @p index. Call exactly once for each text, in any order. Vectors that
 * are not finite, all zero, or of another dimension fail the call. */
typedef struct freshet_vector_sink {
  size_t struct_size;
  void *payload;
  void (*vector)(void *payload, size_t index, const float *values, size_t dimension);
} freshet_vector_sink;

typedef struct freshet_embedder_table {
  size_t struct_size;

  /** As for a loader. [concurrent] */
  freshet_status (*open)(void *provider, const freshet_host *host, freshet_call *call,
                         const char *options, void **out_embedder);

  /** Fills @p out_info, whose struct_size the host has set. [concurrent] */
  freshet_status (*info)(void *embedder, freshet_call *call, freshet_embedder_info *out_info);

  /** Embeds @p count texts of @p sizes bytes, at most max_inputs. [concurrent] */
  freshet_status (*embed)(void *embedder, freshet_call *call, const char *const *texts,
                          const size_t *sizes, size_t count, const freshet_vector_sink *sink);

  /** As for a loader. [any] */
  void (*close)(void *embedder);
} freshet_embedder_table;

#ifdef __cplusplus
}
#endif
#endif

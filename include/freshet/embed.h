/* freshet/embed.h - texts to vectors, by the embedder that a namespace uses.
 *
 * Threads:   freshet_embed() from any thread, also several at the same time; vectors do not change.
 * Ownership: vectors are the caller's until freshet_vectors_free(). */
#ifndef FRESHET_EMBED_H
#define FRESHET_EMBED_H

#include <freshet/call.h>
#include <freshet/repository.h>

FRESHET_BEGIN_DECLS

/** What the texts are for. Some models embed the two differently. */
enum {
  FRESHET_PURPOSE_DOCUMENT = 0, /**< To be found. */
  FRESHET_PURPOSE_QUERY = 1     /**< To find with. */
};

typedef struct freshet_vectors freshet_vectors;

/** Embeds texts. Nothing is stored, and no stored vector is used. Blocks while the embedder answers.
 *
 * @param config_json  NULL: the embedder that the last refresh delivered with. Else a configuration, of
 *     which "embedder" counts alone
 * @param texts        @p count texts, UTF-8, none of them empty; NULL only where @p count is 0
 * @param purpose      FRESHET_PURPOSE_…
 * @param call         limits, or NULL
 * @retval FRESHET_E_NOT_FOUND         nothing was delivered yet
 * @retval FRESHET_E_UNSUPPORTED       there is no embedder
 * @retval FRESHET_E_INVALID_ARGUMENT  the configuration, a text or the purpose is wrong
 * @retval FRESHET_E_PLUGIN, FRESHET_E_NETWORK, FRESHET_E_REMOTE, FRESHET_E_DENIED  the embedder failed
 * @since 0.1 */
FRESHET_API freshet_status freshet_embed(freshet_repository *repository, const char *config_json,
                                         const char *const *texts, size_t count, int32_t purpose,
                                         const freshet_call_options *call, freshet_vectors **out_vectors,
                                         freshet_error **out_error) FRESHET_NOEXCEPT;

/** How many vectors there are; 0 on a handle that is no freshet_vectors. @since 0.1 */
FRESHET_API size_t freshet_vectors_count(const freshet_vectors *vectors) FRESHET_NOEXCEPT;

/** How many numbers each has; 0 on a handle that is no freshet_vectors. @since 0.1 */
FRESHET_API size_t freshet_vectors_dimension(const freshet_vectors *vectors) FRESHET_NOEXCEPT;

/** The name of the model: vectors of one model can be compared. Borrowed from @p vectors; "" on a handle
 * that is none. @since 0.1 */
FRESHET_API const char *freshet_vectors_model(const freshet_vectors *vectors) FRESHET_NOEXCEPT;

/** The vector of text @p index, from 0.
 * @param out_vector  freshet_vectors_dimension() numbers, borrowed from @p vectors
 * @retval FRESHET_E_NOT_FOUND  there is no such vector
 * @since 0.1 */
FRESHET_API freshet_status freshet_vectors_get(const freshet_vectors *vectors, size_t index,
                                               const float **out_vector,
                                               freshet_error **out_error) FRESHET_NOEXCEPT;

/** Frees @p vectors. Never fails; NULL, freed and foreign handles are ignored. @since 0.1 */
FRESHET_API void freshet_vectors_free(freshet_vectors *vectors) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

/* freshet/version.h - which freshet this is.
 *
 * The macros say what a program was compiled with, the functions what it runs with. Within one soname
 * (libfreshet.so.0) a program compiled with an older header runs with a newer library, never the
 * other way round. docs/versioning.md holds the three promises: C API, plugin ABI, state format. */
#ifndef FRESHET_VERSION_H
#define FRESHET_VERSION_H

#include <freshet/export.h>

#define FRESHET_VERSION_MAJOR 0
#define FRESHET_VERSION_MINOR 1
#define FRESHET_VERSION_PATCH 0
#define FRESHET_VERSION "0.1.0"

/** One number that grows with every release: 0.1.0 is 100, 1.2.3 is 10203. */
#define FRESHET_VERSION_NUMBER \
  (FRESHET_VERSION_MAJOR * 10000 + FRESHET_VERSION_MINOR * 100 + FRESHET_VERSION_PATCH)

FRESHET_BEGIN_DECLS

/** The version of the library: "0.1.0". Static text. Any thread; never blocks or fails. @since 0.1 */
FRESHET_API const char *freshet_version(void) FRESHET_NOEXCEPT;

/** The same as FRESHET_VERSION_NUMBER of the library. Any thread; never fails. @since 0.1 */
FRESHET_API int32_t freshet_version_number(void) FRESHET_NOEXCEPT;

FRESHET_END_DECLS
#endif

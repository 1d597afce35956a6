/* freshet/export.h - how every declaration of the C API is marked. */
#ifndef FRESHET_EXPORT_H
#define FRESHET_EXPORT_H

#include <stddef.h>
#include <stdint.h>

/** Visible outside the shared library; everything else of freshet is hidden. */
#if defined(__GNUC__) || defined(__clang__)
#define FRESHET_API __attribute__((visibility("default")))
#else
#define FRESHET_API
#endif

/** No function of freshet throws, and no callback given to it may. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define FRESHET_NOEXCEPT noexcept
#else
#define FRESHET_NOEXCEPT
#endif

#ifdef __cplusplus
#define FRESHET_BEGIN_DECLS extern "C" {
#define FRESHET_END_DECLS }
#else
#define FRESHET_BEGIN_DECLS
#define FRESHET_END_DECLS
#endif

#endif

/* A consumer that knows no header: it opens the library and looks the functions up, as bindings do.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef const char* (*text_function)(void);
typedef int32_t (*open_function)(const char* options, void** out_plugins, void** out_error);
typedef size_t (*count_function)(const void* plugins);
typedef void (*free_function)(void* handle);

/* A data pointer to a function pointer: what POSIX allows and ISO C has no cast for. */
static void look_up(void* library, const char* name, void* out_function) {
  void* symbol = dlsym(library, name);
  memcpy(out_function, &symbol, sizeof symbol);
}

int main(int argc, char** argv) {
  text_function version = NULL;
  open_function open_plugins = NULL;
  count_function count = NULL;
  free_function free_plugins = NULL;
  void* plugins = NULL;
  void* library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

  if (library == NULL) {
    fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: dlopen LIBRARY");
    return 1;
  }
  look_up(library, "freshet_version", &version);
  look_up(library, "freshet_plugins_open", &open_plugins);
  look_up(library, "freshet_plugins_count", &count);
  look_up(library, "freshet_plugins_free", &free_plugins);
  if (version == NULL || open_plugins == NULL || count == NULL || free_plugins == NULL) return 2;
  if (open_plugins(NULL, &plugins, NULL) != 0) return 3;
  printf("freshet %s provides %u things\n", version(), (unsigned)count(plugins));
  if (count(plugins) == 0) return 4; /* the plugins lie beside the library */
  free_plugins(plugins);
  return 0;
}

/* What every consumer runs: compiles against the headers it was given, calls the library it got. */
#include <freshet/freshet.h>
#include <stdio.h>
#include <string.h>

int use_wrapper(void);

int main(void) {
  freshet_error* error = NULL;
  freshet_plugins* plugins = NULL;
  freshet_document* document = NULL;

  if (strcmp(freshet_version(), FRESHET_VERSION) != 0) return 1;
  if (freshet_document_new("https://example.org/", "Title", &document, &error) != FRESHET_OK)
    return 2;
  if (freshet_document_finish(document, &error) != FRESHET_OK) return 3;
  freshet_document_free(document);
  if (freshet_plugins_open("{\"directoris\":[]}", &plugins, &error) != FRESHET_E_INVALID_ARGUMENT)
    return 4;
  printf("freshet %s: %s\n", freshet_version(), freshet_error_to_string(error));
  freshet_error_free(error);
  return use_wrapper();
}

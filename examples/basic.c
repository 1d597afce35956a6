/* examples/basic.c - refreshes a folder of Markdown and asks a question about it.
 *
 * Usage: basic REPOSITORY FOLDER QUESTION */
#include <freshet/freshet.h>
#include <stdio.h>

static int fail(const char* what, freshet_error* error) {
  fprintf(stderr, "%s: %s\n", what, freshet_error_to_string(error));
  freshet_error_free(error);
  return 1;
}

static int refresh(freshet_repository* repository, const char* folder) {
  char config[4096];
  freshet_error* error = NULL;
  freshet_refresh* run = NULL;
  freshet_event event = FRESHET_EVENT_INIT;
  freshet_refresh_counts counts = FRESHET_REFRESH_COUNTS_INIT;

  /* A real program makes its JSON with a library: this one takes simple paths only. */
  snprintf(
      config, sizeof config,
      "{\"sources\":[{\"loader\":\"files\",\"options\":{\"path\":\"%s\"}}],\"store\":\"sqlite\"}",
      folder);
  if (freshet_refresh_start(repository, config, NULL, NULL, &run, &error) != FRESHET_OK)
    return fail("cannot start", error);
  while (freshet_refresh_next_event(run, -1, &event, NULL) == FRESHET_OK &&
         event.kind != FRESHET_EVENT_NONE) {
    if (event.kind == FRESHET_EVENT_ROOT_DONE && event.outcome == FRESHET_OUTCOME_FAILED)
      fprintf(stderr, "%s: %s\n", event.uri, event.message);
  }
  if (freshet_refresh_wait(run, -1, &error) != FRESHET_OK) {
    freshet_refresh_free(run);
    return fail("nothing could be done", error);
  }
  freshet_refresh_counts_get(run, &counts, NULL);
  printf("refreshed %u, unchanged %u, failed %u\n", (unsigned)counts.refreshed,
         (unsigned)counts.unchanged, (unsigned)counts.failed);
  freshet_refresh_free(run);
  return 0;
}

static int ask(freshet_repository* repository, const char* question) {
  freshet_error* error = NULL;
  freshet_hits* hits = NULL;
  freshet_hit hit = FRESHET_HIT_INIT;
  size_t i;

  if (freshet_query_run(repository, question, "{\"limit\":3,\"mode\":\"text\"}", NULL, &hits, &error) !=
      FRESHET_OK)
    return fail("cannot search", error);
  for (i = 0; i < freshet_hits_count(hits); ++i) {
    freshet_hits_get(hits, i, &hit, NULL);
    printf("%u. %s\n%s\n", (unsigned)i + 1, hit.title, hit.text);
  }
  freshet_hits_free(hits);
  return 0;
}

int main(int argc, char** argv) {
  freshet_error* error = NULL;
  freshet_repository* repository = NULL;
  int failed;

  if (argc != 4) {
    fprintf(stderr, "usage: basic REPOSITORY FOLDER QUESTION\n");
    return 2;
  }
  if (freshet_repository_open(argv[1], NULL, &repository, &error) != FRESHET_OK)
    return fail("cannot open", error);
  failed = refresh(repository, argv[2]) || ask(repository, argv[3]);
  freshet_repository_close(repository);
  return failed;
}

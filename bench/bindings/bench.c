/* What a call that does nothing, one that looks a root up, an event, a hit and a chunk cost in C. Usage: bench WORK FOLDER PAGE */
#include <freshet/freshet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e9 + at.tv_nsec;
}

static void must(freshet_status status) {
  if (status == FRESHET_OK) return;
  fprintf(stderr, "%s\n", freshet_status_name(status));
  exit(1);
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  freshet_repository* repository = NULL;
  freshet_refresh* run = NULL;
  char config[1024];
  snprintf(
      config, sizeof config,
      "{\"sources\":[{\"loader\":\"files\",\"options\":{\"path\":\"%s\"}}],\"embedder\":\"hash\"}",
      argv[2]);
  must(freshet_repository_open(argv[1], NULL, &repository, NULL));
  must(freshet_refresh_start(repository, config, NULL, NULL, &run, NULL));
  must(freshet_refresh_wait(run, -1, NULL));

  double begun = now();
  long sum = 0;
  for (int i = 0; i < 20000000; ++i) sum += freshet_version_number();
  printf("nothing %.2f\n", (now() - begun) / 2e7);

  begun = now();
  for (int i = 0; i < 100000; ++i) {
    int32_t exists = 0;
    must(freshet_repository_exists_root(repository, argv[3], &exists, NULL));
    sum += exists;
  }
  printf("call %.1f\n", (now() - begun) / 1e5);

  begun = now();
  long events = 0;
  for (freshet_event event = FRESHET_EVENT_INIT;; ++events) {
    must(freshet_refresh_next_event(run, -1, &event, NULL));
    if (event.kind == FRESHET_EVENT_NONE) break;
  }
  printf("event %.1f\n", (now() - begun) / events);

  begun = now();
  size_t hits_read = 0, chunks_read = 0;
  for (int round = 0; round < 50; ++round) {
    freshet_hits* hits = NULL;
    must(freshet_query_run(repository, "river", "{\"limit\":200,\"mode\":\"text\"}", NULL, &hits,
                           NULL));
    const size_t count = freshet_hits_count(hits);
    for (size_t i = 0; i < count; ++i, ++hits_read) {
      freshet_hit hit = FRESHET_HIT_INIT;
      must(freshet_hits_get(hits, i, &hit, NULL));
      sum += hit.text[0];
    }
    freshet_hits_free(hits);
  }
  printf("hit %.1f\n", (now() - begun) / hits_read);

  begun = now();
  for (int round = 0; round < 500; ++round) {
    freshet_chunks* chunks = NULL;
    must(freshet_repository_root_chunks(repository, argv[3], &chunks, NULL));
    const size_t count = freshet_chunks_count(chunks);
    for (size_t i = 0; i < count; ++i, ++chunks_read) {
      freshet_chunk_info chunk = FRESHET_CHUNK_INFO_INIT;
      must(freshet_chunks_get(chunks, i, &chunk, NULL));
      sum += chunk.text[0];
    }
    freshet_chunks_free(chunks);
  }
  printf("chunk %.1f\n", (now() - begun) / chunks_read);

  fprintf(stderr, "%ld events, %zu hits, %zu chunks, %ld\n", events, hits_read, chunks_read,
          sum % 2);
  freshet_refresh_free(run);
  freshet_repository_close(repository);
  return 0;
}

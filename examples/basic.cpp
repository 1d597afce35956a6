// examples/basic.cpp - the same as basic.c, with freshet.hpp.
//
// Usage: basic REPOSITORY FOLDER QUESTION
#include <cstdio>
#include <freshet/freshet.hpp>

namespace {

void refresh(freshet::Repository& repository, const std::string& folder) {
  // A real program makes its JSON with a library: this one takes simple paths only.
  auto run =
      freshet::Refresh::start(repository, R"({"sources":[{"loader":"files","options":{"path":")" +
                                              folder + R"("}}],"store":"sqlite"})");
  while (const auto event = run.next_event())
    if (event->kind == FRESHET_EVENT_ROOT_DONE && event->outcome == FRESHET_OUTCOME_FAILED)
      std::fprintf(stderr, "%s: %s\n", event->uri, event->message);
  run.wait();
  const freshet_refresh_counts counts = run.counts();
  std::printf("refreshed %u, unchanged %u, failed %u\n", static_cast<unsigned>(counts.refreshed),
              static_cast<unsigned>(counts.unchanged), static_cast<unsigned>(counts.failed));
}

void ask(freshet::Repository& repository, const std::string& question) {
  unsigned rank = 0;
  for (const freshet_hit hit : repository.query(question, R"({"limit":3,"mode":"text"})"))
    std::printf("%u. %s\n%s\n", ++rank, hit.title, hit.text);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: basic REPOSITORY FOLDER QUESTION\n");
    return 2;
  }
  try {
    freshet::Repository repository(argv[1]);
    refresh(repository, argv[2]);
    ask(repository, argv[3]);
    return 0;
  } catch (const freshet::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

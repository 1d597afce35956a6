#include <fmt/format.h>

#include <mutex>

#include "core/base/thread.hpp"
#include "core/conformance/bench.hpp"
#include "core/conformance/memory.hpp"

namespace freshet::conformance {
namespace {

constexpr std::string_view usual_text =
    "The event loop runs callbacks.\nDie Straße ist naß, and 東京は大きい.";

void opens(Bench& bench) { bench.good(bench.open_tokenizer(), "open"); }

void counts(Bench& bench) {
  const auto tokenizer = bench.open_tokenizer();
  if (!bench.good(tokenizer, "open")) return;
  for (const std::string_view text : {usual_text, std::string_view("x"), std::string_view()}) {
    const auto count = (*tokenizer)->count(text);
    const auto ends = (*tokenizer)->split(text);
    if (!bench.good(count, "count") || !bench.good(ends, "split")) return;
    bench.that(*count == ends->size(), fmt::format("counts {} tokens and gives {} ends in {} bytes",
                                                   *count, ends->size(), text.size()));
  }
}

void is_stable(Bench& bench) {
  const auto tokenizer = bench.open_tokenizer();
  if (!bench.good(tokenizer, "open")) return;
  const auto first = (*tokenizer)->split(usual_text);
  const auto second = (*tokenizer)->split(usual_text);
  if (!bench.good(first, "split") || !bench.good(second, "split again")) return;
  bench.that(*first == *second, "the same text has other tokens each time");
}

void takes_odd_texts(Bench& bench) {
  const auto tokenizer = bench.open_tokenizer();
  if (!bench.good(tokenizer, "open")) return;
  const std::string nul("a\0b", 3);
  const std::string large(1 << 20, 'a');
  for (const std::string_view text : {std::string_view(" \n"), std::string_view(nul),
                                      std::string_view("🦀\u202E"), std::string_view(large)})
    bench.good((*tokenizer)->split(text), fmt::format("split {} odd bytes", text.size()));
}

void serves_threads(Bench& bench) {
  const auto tokenizer = bench.open_tokenizer();
  if (!bench.good(tokenizer, "open")) return;
  std::mutex mutex;
  const auto split_some = [&] {
    const auto ends = (*tokenizer)->split(usual_text);
    const std::lock_guard lock(mutex);
    bench.good(ends, "split on one of four threads");
  };
  base::Thread threads[4];
  for (base::Thread& thread : threads)
    if (!thread.start("freshet-check", split_some)) {
      const std::lock_guard lock(mutex);
      return bench.skip("there are no threads");
    }
}

[[maybe_unused]] void frees_memory(Bench& bench) {
  const auto tokenizer = bench.open_tokenizer();
  if (!bench.good(tokenizer, "open")) return;
  keeps_its_size(bench, "split",
                 [&] { return bench.good((*tokenizer)->split(usual_text), "split"); });
}

constexpr Check checks[] = {
    {"opens", "an instance opens, names its tokens, and closes", opens},
    {"counts", "a text has as many tokens as ends", counts},
    {"is_stable", "a text has the same tokens every time", is_stable},
    {"takes_odd_texts", "every text has tokens", takes_odd_texts},
    {"serves_threads", "four threads split at once", serves_threads},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose memory is their own
    {"frees_memory", "splitting again takes no more memory", frees_memory},
#endif
};

}  // namespace

std::span<const Check> tokenizer_checks() { return checks; }

}  // namespace freshet::conformance

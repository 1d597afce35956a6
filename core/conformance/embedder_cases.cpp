#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "core/base/thread.hpp"
#include "core/conformance/bench.hpp"

namespace freshet::conformance {
namespace {

using Vector = std::vector<float>;

constexpr double alike = 0.999;  // two vectors of one text, allowing for a service's rounding

double cosine(const Vector& a, const Vector& b) {
  double dot = 0, left = 0, right = 0;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    dot += double(a[i]) * double(b[i]);
    left += double(a[i]) * double(a[i]);
    right += double(b[i]) * double(b[i]);
  }
  return dot / std::sqrt(left * right);
}

const std::vector<std::string_view>& sample_texts() {
  static const std::vector<std::string_view> texts = {"The event loop runs callbacks.",
                                                      "Bake the bread for forty minutes.", "x",
                                                      "Die Straße ist naß.", "東京は大きい"};
  return texts;
}

std::vector<std::string_view> batch_for(const ports::Embedder& embedder) {
  std::vector<std::string_view> texts = sample_texts();
  texts.resize(std::min<std::size_t>(texts.size(), embedder.info().max_inputs));
  return texts;
}

void opens(Bench& bench) { bench.good(bench.open_embedder(), "open"); }

void embeds(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (bench.good(embedder, "open"))
    bench.good(ports::embed_all(**embedder, batch_for(**embedder), {}), "embed");
}

void keeps_order(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (!bench.good(embedder, "open")) return;
  const auto texts = batch_for(**embedder);
  const auto together = ports::embed_all(**embedder, texts, {});
  if (!bench.good(together, "embed")) return;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto alone = ports::embed_all(**embedder, {&texts[i], 1}, {});
    if (!bench.good(alone, "embed one text")) return;
    if (!bench.that(cosine((*together)[i], (*alone)[0]) > alike,
                    fmt::format("the text {} has another vector in a batch than alone", i)))
      return;
  }
}

void is_stable(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (!bench.good(embedder, "open")) return;
  const auto texts = batch_for(**embedder);
  const auto first = ports::embed_all(**embedder, texts, {});
  const auto second = ports::embed_all(**embedder, texts, {});
  if (!bench.good(first, "embed") || !bench.good(second, "embed again")) return;
  for (std::size_t i = 0; i < texts.size(); ++i)
    bench.that(cosine((*first)[i], (*second)[i]) > alike,
               fmt::format("the text {} has another vector each time", i));
}

void takes_odd_texts(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (!bench.good(embedder, "open")) return;
  const std::string nul("a\0b", 3);
  const std::string large(20'000, 'a');
  for (const std::string_view text :
       {std::string_view(""), std::string_view(" \n"), std::string_view(nul),
        std::string_view("🦀\u202E"), std::string_view(large)})
    bench.clean(ports::embed_all(**embedder, {&text, 1}, {}), "embedding an odd text");
}

void takes_full_batches(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (!bench.good(embedder, "open")) return;
  const std::vector<std::string_view> texts(
      std::min<std::size_t>((*embedder)->info().max_inputs, 4096), "a text");
  bench.good(ports::embed_all(**embedder, texts, {}),
             fmt::format("embed {} texts, as many as it says it takes", texts.size()));
}

void serves_threads(Bench& bench) {
  const auto embedder = bench.open_embedder();
  if (!bench.good(embedder, "open")) return;
  std::mutex mutex;
  const auto embed_some = [&] {
    const auto vectors = ports::embed_all(**embedder, batch_for(**embedder), {});
    const std::lock_guard lock(mutex);
    bench.good(vectors, "embed on one of four threads");
  };
  base::Thread threads[4];
  for (base::Thread& thread : threads)
    if (!thread.start("freshet-check", embed_some)) {
      const std::lock_guard lock(mutex);
      return bench.skip("there are no threads");
    }
}

constexpr Check checks[] = {
    {"opens", "an instance opens, names its model and dimension, and closes", opens},
    {"embeds", "every text has one finite vector that is not zero", embeds},
    {"keeps_order", "a text has the same vector in a batch as alone", keeps_order},
    {"is_stable", "a text has the same vector every time", is_stable},
    {"takes_odd_texts", "odd texts have a vector or a clean failure", takes_odd_texts},
    {"takes_full_batches", "as many texts as it says it takes are taken", takes_full_batches},
    {"serves_threads", "four threads embed at once", serves_threads},
};

}  // namespace

std::span<const Check> embedder_checks() { return checks; }

}  // namespace freshet::conformance

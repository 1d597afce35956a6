#include <fmt/format.h>

#include <mutex>

#include "core/base/thread.hpp"
#include "core/conformance/bench.hpp"

namespace freshet::conformance {
namespace {

using Result = base::Result<std::vector<ports::Enriched>>;

// A document with a chunk for each text.
struct Sample {
  explicit Sample(const std::vector<std::string>& texts) {
    document.uri = "freshet-check:/sample";
    document.title = "Sample";
    for (const std::string& text : texts) document.children.push_back(section_of(text));
    model::finish(document);
    for (const model::Section* leaf : model::leaves(document)) chunks.push_back(chunk_of(*leaf));
    for (const model::Chunk& chunk : chunks) passages.push_back({&document, &chunk});
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  model::Document document;
  std::vector<model::Chunk> chunks;
  std::vector<ports::Passage> passages;

 private:
  static model::Section section_of(const std::string& text) {
    model::Section section;
    section.title = "Part";
    section.level = 1;
    section.text = text;
    return section;
  }
  model::Chunk chunk_of(const model::Section& leaf) const {
    model::Chunk chunk;
    chunk.text = leaf.text;
    chunk.span = leaf.span;
    chunk.url = document.uri;
    chunk.structure.leaf_section_title = leaf.title;
    return chunk;
  }
};

std::vector<std::string> usual_texts() {
  return {"The event loop runs callbacks.", "Bake the bread for forty minutes.",
          "Die Straße ist naß.", "東京は大きい"};
}

// As many requests as it takes.
Result transform_all(const ports::Transformer& transformer, const Sample& sample) {
  std::vector<ports::Enriched> made;
  for (std::span<const ports::Passage> left = sample.passages; !left.empty();) {
    const auto request = left.first(std::min(transformer.max_chunks(), left.size()));
    FRESHET_ASSIGN(auto some, transformer.transform(request, {}));
    std::move(some.begin(), some.end(), std::back_inserter(made));
    left = left.subspan(request.size());
  }
  return made;
}

void opens(Bench& bench) { bench.good(bench.open_transformer(), "open"); }

void transforms(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const auto made = transform_all(**transformer, Sample(usual_texts()));
  if (!bench.good(made, "transform")) return;
  for (const ports::Enriched& each : *made)
    if (each.rejection)
      return void(bench.that(false, "rejected a chunk: " + base::to_string(*each.rejection)));
}

void is_stable(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const Sample sample(usual_texts());
  const auto first = transform_all(**transformer, sample);
  const auto second = transform_all(**transformer, sample);
  if (!bench.good(first, "transform") || !bench.good(second, "transform again")) return;
  for (std::size_t i = 0; i < first->size(); ++i)
    bench.that(
        (*first)[i].text == (*second)[i].text && (*first)[i].metadata == (*second)[i].metadata,
        fmt::format("the chunk {} becomes another one each time", i));
}

void takes_odd_texts(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const Sample sample({"x", std::string("a\0b", 3), "🦀\u202E", std::string(20'000, 'a')});
  bench.clean(transform_all(**transformer, sample), "transforming odd texts");
}

void takes_full_requests(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const std::size_t most = std::min<std::size_t>((*transformer)->max_chunks(), 4096);
  const Sample sample(std::vector<std::string>(most, "A text."));
  bench.good((*transformer)->transform(sample.passages, {}),
             fmt::format("transform {} chunks, as many as it says it takes", most));
}

void ends_when_cancelled(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const base::Cancel stop;
  stop.request();
  const Sample sample({"A text."});
  const auto made = (*transformer)->transform(sample.passages, stop);
  if (!made && made.error().code == base::Code::cancelled) return;
  bench.good(made, "transform for somebody who has cancelled");
}

void serves_threads(Bench& bench) {
  const auto transformer = bench.open_transformer();
  if (!bench.good(transformer, "open")) return;
  const Sample sample(usual_texts());
  std::mutex mutex;
  const auto transform_some = [&] {
    const auto made = transform_all(**transformer, sample);
    const std::lock_guard lock(mutex);
    bench.good(made, "transform on one of four threads");
  };
  base::Thread threads[4];
  for (base::Thread& thread : threads)
    if (!thread.start("freshet-check", transform_some)) {
      const std::lock_guard lock(mutex);
      return bench.skip("there are no threads");
    }
}

constexpr Check checks[] = {
    {"opens", "an instance opens, says how many chunks it takes, and closes", opens},
    {"transforms", "usual chunks are transformed, or left as they are", transforms},
    {"is_stable", "a chunk becomes the same every time", is_stable},
    {"takes_odd_texts", "odd texts are transformed or a clean failure", takes_odd_texts},
    {"takes_full_requests", "as many chunks as it says it takes are taken", takes_full_requests},
    {"ends_when_cancelled", "a call that was cancelled ends", ends_when_cancelled},
    {"serves_threads", "four threads transform at once", serves_threads},
};

}  // namespace

std::span<const Check> transformer_checks() { return checks; }

}  // namespace freshet::conformance

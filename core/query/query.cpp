#include "core/query/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/json_memory.hpp"

#include "core/base/text.hpp"
#include "core/model/document.hpp"
#include "core/model/record.hpp"

namespace freshet::query {

using base::Code;
using ports::SearchMode;

namespace {

// A row that bears the digest of what the repository holds, and another content, is damage. One
// with another digest is older or newer, and as good.
base::Status check_hit(const ports::Hit& hit, const repository::StoredChunk& chunk,
                       const repository::RootView& root) {
  if (model::RowMark::read(hit.digest).record != chunk.record_digest) return {};
  const model::Record kept = {hit.text, hit.uri, hit.title, hit.url, hit.path, hit.metadata};
  if (model::holds(kept, chunk.chunk, root.uri, root.title)) return {};
  return base::fail(Code::corrupt,
                    "the store holds a row with another content than it was given: run "
                    "freshet check --repair",
                    hit.id);
}

}  // namespace

base::Result<SearchMode> parse_mode(std::string_view text) {
  if (text == "text") return SearchMode::text;
  if (text == "vector") return SearchMode::vector;
  if (text == "hybrid") return SearchMode::hybrid;
  return base::fail(Code::invalid_argument, "is not text, vector or hybrid", std::string(text));
}

base::Result<repository::KnownTarget> Searcher::find(const repository::Repository& repository,
                                                     repository::TargetNumber target) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  FRESHET_ASSIGN(auto known, target == 0 ? snapshot.searched() : snapshot.known_target(target));
  if (known && known->state == repository::TargetState::live) return *std::move(known);
  return base::fail(Code::not_found,
                    target == 0
                        ? "nothing was delivered from it yet: refresh first"
                        : fmt::format("has no live target {}: freshet status lists them", target),
                    "namespace " + repository.name_space());
}

base::Result<std::unique_ptr<Searcher>> Searcher::open(const repository::Repository& repository,
                                                       ports::Catalog& catalog,
                                                       const repository::KnownTarget& known) {
  const repository::Target* const target = &known.live;
  std::unique_ptr<Searcher> searcher(new Searcher);
  searcher->name_ = repository.name_space() + known.suffix;
  searcher->repository_ = &repository;
  searcher->dimension_ = target->dimension;
  const auto completed = [&](ports::Kind kind, const std::string& name,
                             const std::string& options) {
    return catalog.complete_options(kind, name, nlohmann::json::parse(options), name,
                                    {{"repository", repository.directory()}});
  };
  FRESHET_ASSIGN(const auto store_options,
                 completed(ports::Kind::store, target->store, target->store_options));
  FRESHET_ASSIGN(searcher->store_, catalog.open_store(target->store, store_options));
  if (!target->embedder.empty()) {
    FRESHET_ASSIGN(const auto options,
                   completed(ports::Kind::embedder, target->embedder, target->embedder_options));
    FRESHET_ASSIGN(searcher->embedder_, catalog.open_embedder(target->embedder, options));
  }
  return searcher;
}

// The vector to search with: the one that was given, or that of the text.
base::Result<std::vector<float>> Searcher::vector_of(const Query& query,
                                                     const base::Cancel& cancel) {
  if (dimension_ == 0)
    return base::fail(Code::unsupported,
                      "the namespace has no vectors: it was refreshed without an embedder", "mode");
  if (!query.vector.empty()) return std::vector(query.vector.begin(), query.vector.end());
  const std::string_view text = query.text;
  FRESHET_ASSIGN(auto vectors,
                 ports::embed_all(*embedder_, {&text, 1}, cancel, ports::Purpose::query));
  return std::move(vectors.front());
}

base::Status Searcher::check_vector(std::span<const float> vector) const {
  if (dimension_ != 0 && vector.size() != dimension_)
    return base::fail(
        Code::invalid_argument,
        fmt::format("has {} numbers, and the rows have {}", vector.size(), dimension_), "vector");
  const bool finite =
      std::all_of(vector.begin(), vector.end(), [](float number) { return std::isfinite(number); });
  if (!finite) return base::fail(Code::invalid_argument, "holds what is not a number", "vector");
  const bool zero =
      std::all_of(vector.begin(), vector.end(), [](float number) { return number == 0; });
  if (zero) return base::fail(Code::invalid_argument, "is nothing but zeros", "vector");
  return {};
}

base::Result<SearchMode> Searcher::choose_mode(const Query& query) const {
  const ports::StoreInfo& can = store_->info();
  const SearchMode mode = query.mode                       ? *query.mode
                          : embedder_ && can.hybrid_search ? SearchMode::hybrid
                          : embedder_ && can.vector_search ? SearchMode::vector
                                                           : SearchMode::text;
  const bool able = mode == SearchMode::text     ? can.text_search
                    : mode == SearchMode::vector ? can.vector_search
                                                 : can.hybrid_search;
  if (!able) return base::fail(Code::unsupported, "the store cannot search this way", "mode");
  return mode;
}

base::Result<Answer> Searcher::run(const Query& query, const base::Cancel& cancel) {
  if (!query.vector.empty())
    FRESHET_TRY(check_vector(query.vector));
  else if (base::trim(query.text).empty())
    return base::fail(Code::invalid_argument, "is empty: say what to look for", "text");
  if (query.limit == 0) return base::fail(Code::invalid_argument, "is 0, not from 1", "limit");
  ports::Search search;
  FRESHET_ASSIGN(search.mode, choose_mode(query));
  std::vector<float> vector;
  if (search.mode != SearchMode::text) {
    FRESHET_ASSIGN(vector, vector_of(query, cancel));
    search.vector = vector;
  }
  search.text = query.text;
  search.limit = query.limit;
  Answer answer;
  if (query.filter) {
    FRESHET_ASSIGN(answer, search_filtered(search, *query.filter, cancel));
  } else {
    FRESHET_ASSIGN(answer.hits, this->search(search, cancel));
  }
  FRESHET_TRY(look_up(answer));
  return answer;
}

// The store tests what it can of the filter, the host the rest.
base::Result<Answer> Searcher::search_filtered(ports::Search search, const Filter& filter,
                                               const base::Cancel& cancel) {
  const auto [asked, rest] = filter.split(store_->info().filter_operators);
  if (!asked.is_empty()) search.filter = asked.text();
  if (!rest.is_empty()) {
    const auto ask = [&](std::uint32_t limit) {
      search.limit = limit;
      return this->search(search, cancel);
    };
    return sift(ask, rest, search.limit);
  }
  FRESHET_ASSIGN(auto hits, this->search(search, cancel));
  return Answer{std::move(hits), 0};
}

base::Result<std::vector<ports::Hit>> Searcher::search(const ports::Search& search,
                                                       const base::Cancel& cancel) {
  auto hits = store_->search(name_, search, cancel);
  if (!hits && hits.error().code == Code::not_found)
    return base::fail(Code::not_found,
                      "the store does not know it any more: run freshet check --repair",
                      "namespace " + repository_->name_space());
  const bool other_vectors =
      !hits && search.mode != SearchMode::text && search.filter.empty() &&
      (hits.error().code == Code::unsupported || hits.error().code == Code::invalid_argument);
  if (other_vectors)
    return base::fail(Code::corrupt,
                      "the store holds it with other vectors than it was given: run freshet check "
                      "--repair",
                      "namespace " + repository_->name_space());
  return hits;
}

// What the repository knows of the hits: are they what it gave the store, and how old is that?
base::Status Searcher::look_up(Answer& answer) const {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository_->read());
  for (const ports::Hit& hit : answer.hits) {
    Freshness& freshness = answer.freshness.emplace_back();
    const auto id = base::Digest::from_hex(hit.id);
    std::optional<repository::StoredChunk> chunk;
    if (id) {
      FRESHET_ASSIGN(chunk, snapshot.chunk(*id));
    }
    FRESHET_ASSIGN(const auto root, snapshot.root(chunk ? chunk->root : model::root_id(hit.uri)));
    if (!root) continue;
    freshness = {root->checked, root->ask_again, chunk.has_value()};
    if (chunk) FRESHET_TRY(check_hit(hit, *chunk, *root));
  }
  return {};
}

}  // namespace freshet::query

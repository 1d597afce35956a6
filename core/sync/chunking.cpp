#include "core/sync/chunking.hpp"

#include <fmt/format.h>

#include <array>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/sync/use.hpp"

namespace freshet::sync {
namespace {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

constexpr const char* none_name = "none";
constexpr const char* add_titles_name = "add_titles";
constexpr const char* tokens_key = "tokens";  // in the metadata of a chunk

std::string place_of(const ChunkingConfig& config, std::size_t index) {
  return config.transform_is_list ? fmt::format("chunker.transform[{}]", index)
                                  : "chunker.transform";
}

// The options of a transformer of a plugin. Of what is nearly a built-in one that is said.
Result<Json> complete_transformer(const Offer& offer, const Use& use, const std::string& path) {
  const std::array<std::string, 1> own{add_titles_name};
  if (use.name == own[0]) {
    if (use.options.empty()) return Json::object();
    return fail(Code::invalid_argument, "are not taken by \"add_titles\"", path + ".options");
  }
  auto completed = complete_use(offer, ports::Kind::transformer, use, path);
  const bool unknown = !completed && completed.error().subject == path + ".name";
  if (!unknown || base::nearest(use.name, own).empty()) return completed;
  return fail(Code::invalid_argument,
              fmt::format("{} is not a transformer; did you mean \"{}\"?",
                          base::in_quotes(use.name), own[0]),
              path);
}

Result<chunk::TransformerPtr> open_transformer(const Offer& offer, ports::Catalog& catalog,
                                               const Use& use, const std::string& path,
                                               const base::Cancel& cancel) {
  FRESHET_ASSIGN(const Json options, complete_transformer(offer, use, path));
  if (use.name == add_titles_name) return chunk::add_titles();
  auto opened = catalog.open_transformer(use.name, options, cancel);
  if (opened) return chunk::TransformerPtr(*std::move(opened));
  return fail(
      in_place(catalog, ports::Kind::transformer, use.name, path, std::move(opened).error()));
}

}  // namespace

std::vector<base::Error> check_chunking(const Offer& offer, const ChunkingConfig& config) {
  std::vector<base::Error> problems;
  const auto note = [&](Result<Json> completed) {
    if (!completed) problems.push_back(std::move(completed).error());
  };
  if (config.tokenizer)
    note(complete_use(offer, ports::Kind::tokenizer, *config.tokenizer, "chunker.tokenizer"));
  for (std::size_t i = 0; i < config.transformers.size(); ++i)
    if (config.transformers[i].name != none_name)
      note(complete_transformer(offer, config.transformers[i], place_of(config, i)));
  return problems;
}

Result<Chunking> Chunking::open(const Offer& offer, ports::Catalog& catalog,
                                const ChunkingConfig& config, const base::Cancel& cancel) {
  Chunking made;
  made.options_ = config.options;
  if (config.tokenizer) {
    FRESHET_ASSIGN(const Json options, complete_use(offer, ports::Kind::tokenizer,
                                                    *config.tokenizer, "chunker.tokenizer"));
    auto opened = catalog.open_tokenizer(config.tokenizer->name, options, cancel);
    if (!opened)
      return fail(in_place(catalog, ports::Kind::tokenizer, config.tokenizer->name,
                           "chunker.tokenizer", std::move(opened).error()));
    made.tokenizer_ = *std::move(opened);
  }
  for (std::size_t i = 0; i < config.transformers.size(); ++i) {
    if (config.transformers[i].name == none_name) continue;
    FRESHET_ASSIGN(auto transformer, open_transformer(offer, catalog, config.transformers[i],
                                                      place_of(config, i), cancel));
    made.transformers_.push_back(std::move(transformer));
  }
  return made;
}

std::string Chunking::fingerprint() const {
  std::string transformers;
  for (const chunk::TransformerPtr& each : transformers_)
    transformers.append(transformers.empty() ? "" : "+").append(each->fingerprint());
  return chunk::fingerprint(options_, tokenizer_ ? tokenizer_->fingerprint() : "", transformers);
}

Result<std::vector<model::Chunk>> Chunking::cut(const model::Document& document) const {
  if (options_.unit != chunk::Unit::tokens) return chunk::chunk(document, options_);
  FRESHET_ASSIGN(const std::vector<std::size_t> ends, tokenizer_->split(model::text_of(document)));
  return chunk::chunk(document, options_, &ends);
}

void Chunking::finish(std::span<chunk::Draft> drafts, const base::Cancel& cancel) const {
  for (const chunk::TransformerPtr& each : transformers_) chunk::transform(*each, drafts, cancel);
  for (chunk::Draft& draft : drafts)
    if (draft.status) draft.status = complete(draft.document->uri, *draft.chunks);
}

Status Chunking::complete(const std::string& uri, std::vector<model::Chunk>& chunks) const {
  if (tokenizer_)
    for (model::Chunk& chunk : chunks) {
      FRESHET_ASSIGN(chunk.metadata[tokens_key], tokenizer_->count(chunk.text));
    }
  model::set_ids(uri, chunks);
  return {};
}

Result<std::vector<model::Chunk>> Chunking::make(const model::Document& document,
                                                 const base::Cancel& cancel) const {
  FRESHET_ASSIGN(std::vector<model::Chunk> chunks, cut(document));
  chunk::Draft draft{&document, &chunks};
  finish({&draft, 1}, cancel);
  FRESHET_TRY(std::move(draft.status));
  return chunks;
}

std::optional<std::uint64_t> tokens_in(std::span<const model::Chunk> chunks) {
  std::optional<std::uint64_t> sum;
  for (const model::Chunk& chunk : chunks)
    if (const auto tokens = chunk.metadata.find(tokens_key);
        tokens != chunk.metadata.end() && tokens->is_number_unsigned())
      sum = sum.value_or(0) + tokens->get<std::uint64_t>();
  return sum;
}

}  // namespace freshet::sync

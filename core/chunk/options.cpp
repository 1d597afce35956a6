#include <fmt/format.h>

#include <array>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/chunk/chunker.hpp"

namespace freshet::chunk {
namespace {

using base::Code;
using base::Json;
using base::Status;

// Raised with every change that cuts the same text differently, so that namespaces notice.
constexpr int algorithm = 2;

constexpr std::int64_t largest_chunk = 1'000'000;
constexpr std::int64_t largest_batch = 100'000;

Status out_of_range(std::int64_t value, std::int64_t least, std::int64_t most,
                    const std::string& path) {
  return base::fail(Code::invalid_argument,
                    fmt::format("is {}, not from {} to {}", value, least, most), path);
}

std::string_view name_of(Grouping grouping) {
  return grouping == Grouping::section ? "section" : "greedy";
}

Status parse_unit(const Json& value, const std::string& path, Unit& out) {
  const bool tokens = base::is_text(value, "tokens");
  if (!tokens && !base::is_text(value, "code_points"))
    return base::fail(Code::invalid_argument, R"(is not a unit: write "code_points" or "tokens")",
                      path);
  out = tokens ? Unit::tokens : Unit::code_points;
  return {};
}

Status parse_grouping(const Json& value, const std::string& path, Grouping& out) {
  const bool section = base::is_text(value, "section");
  if (!section && !base::is_text(value, "greedy"))
    return base::fail(Code::invalid_argument, R"(is not a grouping: write "section" or "greedy")",
                      path);
  out = section ? Grouping::section : Grouping::greedy;
  return {};
}

}  // namespace

void read_options(base::ObjectReader& reader, ChunkerOptions& options) {
  reader.integer("max_chunk_size", options.max_chunk_size, 1, largest_chunk);
  reader.integer("overlap_size", options.overlap_size, 0, largest_chunk);
  reader.integer("embedding_batch_size", options.embedding_batch_size, 1, largest_batch);
  reader.with("unit", [&](const Json& value, const std::string& path) {
    return parse_unit(value, path, options.unit);
  });
  reader.with("grouping", [&](const Json& value, const std::string& path) {
    return parse_grouping(value, path, options.grouping);
  });
}

Status check(const ChunkerOptions& options, const std::string& path) {
  const auto at = [&](std::string_view key) { return base::join_path(path, key); };
  if (options.max_chunk_size < 1 || options.max_chunk_size > largest_chunk)
    return out_of_range(options.max_chunk_size, 1, largest_chunk, at("max_chunk_size"));
  if (options.embedding_batch_size < 1 || options.embedding_batch_size > largest_batch)
    return out_of_range(options.embedding_batch_size, 1, largest_batch, at("embedding_batch_size"));
  if (options.overlap_size < 0)
    return out_of_range(options.overlap_size, 0, options.max_chunk_size - 1, at("overlap_size"));
  if (options.overlap_size >= options.max_chunk_size)
    return base::fail(Code::invalid_argument,
                      fmt::format("is {}, not less than max_chunk_size, which is {}",
                                  options.overlap_size, options.max_chunk_size),
                      at("overlap_size"));
  return {};
}

base::Result<ChunkerOptions> parse_options(const Json& value, const std::string& path) {
  ChunkerOptions options;
  base::ObjectReader reader(value, path);
  read_options(reader, options);
  FRESHET_TRY(reader.finish());
  FRESHET_TRY(check(options, path));
  return options;
}

// Two chunks that follow each other have more new units than fit one beside its overlap. Where
// something too long for one begins, three have more than fit one.
double most_repeated(const ChunkerOptions& options) {
  const auto chunk = static_cast<double>(options.max_chunk_size);
  const double overlap = std::min(static_cast<double>(options.overlap_size), chunk / 2);
  return overlap * std::max(2 / (chunk - overlap), 3 / chunk);
}

std::string fingerprint(const ChunkerOptions& options, std::string_view tokenizer,
                        std::string_view transformers) {
  const std::string unit =
      options.unit == Unit::tokens ? fmt::format("tokens({})", tokenizer) : "code_points";
  const std::string counted = tokenizer.empty() ? "" : fmt::format(" counted={}", tokenizer);
  return fmt::format("chunker/{} max={} overlap={} unit={} grouping={} transform={}{}", algorithm,
                     options.max_chunk_size, options.overlap_size, unit, name_of(options.grouping),
                     transformers.empty() ? "none" : transformers, counted);
}

}  // namespace freshet::chunk

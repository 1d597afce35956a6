#include "core/query/gather.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/query/fold.hpp"

namespace freshet::query {
namespace {

using repository::StoredChunk;

constexpr std::size_t longest_overlap = 4000;  // bytes of two chunks that may say the same
constexpr std::uint64_t bytes_a_token = 4;

const std::string& own_words(const model::Chunk& chunk) {
  return chunk.urtext.empty() ? chunk.text : chunk.urtext;
}

// Chunks may overlap: what `next` repeats of the end of `text` is said once.
void append(std::string& text, const std::string& next) {
  std::size_t same = std::min({text.size(), next.size(), longest_overlap});
  while (same > 0 && text.compare(text.size() - same, same, next, 0, same) != 0) --same;
  if (same == 0 && !text.empty()) text += "\n\n";
  text.append(next, same);
}

base::Result<std::string> neighbourhood(const repository::Snapshot& snapshot,
                                        const base::Digest& chunk, std::uint32_t expand) {
  FRESHET_ASSIGN(const std::vector<StoredChunk> chunks, snapshot.expand(chunk, expand, expand));
  std::string text;
  for (const StoredChunk& each : chunks) append(text, own_words(each.chunk));
  return text;
}

// A leaf's text, or those of all leaves below, each under its title.
base::Result<std::string> section_text(const repository::Snapshot& snapshot,
                                       const StoredChunk& chunk) {
  const std::string& top = chunk.chunk.parent_id;
  FRESHET_ASSIGN(const auto elements, snapshot.elements_of(chunk.root));
  std::unordered_set<std::string> inside{top};
  std::string text;
  for (const repository::Element& each : elements) {  // parents come before their children
    if (!inside.contains(each.id) && !inside.contains(each.parent_id)) continue;
    inside.insert(each.id);
    if (each.text.empty()) continue;
    if (!text.empty()) text += "\n\n";
    if (each.id != top && !each.title.empty()) text += each.title + "\n\n";
    text += each.text;
  }
  return text;
}

class Gatherer {
 public:
  Gatherer(const repository::Snapshot& snapshot, const Gathering& how)
      : snapshot_(snapshot), how_(how) {}

  // False: it does not go in.
  base::Result<bool> take(const ports::Hit& hit, Around& around) {
    FRESHET_ASSIGN(const bool is_new, surround(hit, around));
    if (!is_new) return false;
    if (!how_.max_tokens) return true;
    FRESHET_ASSIGN(around.tokens, count(around.text.empty() ? hit.text : around.text));
    if (around.tokens > *how_.max_tokens - used_) return false;
    used_ += around.tokens;
    return true;
  }

 private:
  // False: a better hit has brought the same. A row that the repository does not have stands alone.
  base::Result<bool> surround(const ports::Hit& hit, Around& around) {
    const auto id = base::Digest::from_hex(hit.id);
    if (!id || (how_.expand == 0 && !how_.section)) return true;
    FRESHET_ASSIGN(const auto chunk, snapshot_.chunk(*id));
    if (!chunk) return true;
    if (!how_.section) {
      FRESHET_ASSIGN(around.text, neighbourhood(snapshot_, *id, how_.expand));
      return true;
    }
    if (!sections_.insert(chunk->root.hex() + chunk->chunk.parent_id).second) return false;
    FRESHET_ASSIGN(around.text, section_text(snapshot_, *chunk));
    return true;
  }

  base::Result<std::uint64_t> count(const std::string& text) const {
    if (how_.tokenizer != nullptr) return how_.tokenizer->count(text);
    return (text.size() + bytes_a_token - 1) / bytes_a_token;
  }

  const repository::Snapshot& snapshot_;
  const Gathering& how_;
  std::unordered_set<std::string> sections_;
  std::uint64_t used_ = 0;
};

}  // namespace

Answer merge(std::vector<Answer> answers) {
  Answer all;
  std::unordered_set<std::string> seen;
  std::size_t deepest = 0;
  for (const Answer& each : answers) deepest = std::max(deepest, each.hits.size());
  for (std::size_t rank = 0; rank < deepest; ++rank)
    for (std::size_t query = 0; query < answers.size(); ++query) {
      Answer& from = answers[query];
      if (rank >= from.hits.size() || !seen.insert(from.hits[rank].id).second) continue;
      all.hits.push_back(std::move(from.hits[rank]));
      all.freshness.push_back(std::move(from.freshness[rank]));
      all.around.push_back({{}, 0, static_cast<std::uint32_t>(query)});
    }
  for (const Answer& each : answers) all.ended_after = std::max(all.ended_after, each.ended_after);
  return all;
}

base::Status gather(const repository::Repository& repository, const Gathering& how,
                    Answer& answer) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  Gatherer gatherer(snapshot, how);
  answer.around.resize(answer.hits.size());
  const std::vector<std::size_t> folded =
      how.fold ? fold(answer.hits) : std::vector<std::size_t>(answer.hits.size(), 0);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const ports::Hit& hit = answer.hits[i];
    if (folded[i] > 0)
      answer.around[folded[i] - 1].also_at.push_back(hit.url.empty() ? hit.uri : hit.url);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < answer.hits.size(); ++i) {
    if (folded[i] > 0) continue;
    FRESHET_ASSIGN(const bool takes, gatherer.take(answer.hits[i], answer.around[i]));
    if (!takes) continue;
    if (kept != i) {
      answer.hits[kept] = std::move(answer.hits[i]);
      answer.freshness[kept] = std::move(answer.freshness[i]);
      answer.around[kept] = std::move(answer.around[i]);
    }
    ++kept;
  }
  answer.hits.resize(kept);
  answer.freshness.resize(kept);
  answer.around.resize(kept);
  return {};
}

}  // namespace freshet::query

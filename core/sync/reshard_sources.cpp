// core/sync/reshard_sources.cpp - what the shards say of a source becomes one word, which all new ones
// begin with.
#include <algorithm>
#include <map>

#include "core/sync/reshard_copy.hpp"

namespace freshet::sync {
namespace {

using base::Result;
using base::Status;
using repository::Source;

struct SourceWord {
  Source source;
  std::optional<std::uint64_t> whole;  // entries of the last whole listing
  base::Instant whole_at;
  std::vector<repository::Lesson> lessons;
};
using SourceWords = std::map<base::Digest, SourceWord>;

// What one shard says less of than the others is what all begin with: no listing stands that one of
// them has not seen, and nothing counts as confirmed that was not everywhere.
void merge_words(Source& into, const Source& one) {
  const bool same = into.config == one.config;
  into.generation = std::max(into.generation, one.generation);
  into.listed = same ? std::min(into.listed, one.listed) : base::unset;
  into.list_checked = same ? std::min(into.list_checked, one.list_checked) : base::unset;
  into.list_again = std::min(into.list_again, one.list_again);
  into.confirmed = std::min(into.confirmed, one.confirmed);
  into.held += one.held;
  if (!same || into.state != one.state) into.state.clear();
  if (into.note.empty()) into.note = one.note;
}

Status read_words(const repository::Snapshot& snapshot, SourceWords& words) {
  FRESHET_ASSIGN(const std::vector<Source> sources, snapshot.sources());
  for (const Source& source : sources) {
    const auto [place, is_new] = words.try_emplace(source.id);
    SourceWord& word = place->second;
    if (is_new)
      word.source = source;
    else
      merge_words(word.source, source);
    FRESHET_ASSIGN(const auto whole, snapshot.whole_listing(source.id));
    if (whole && (!word.whole || source.listed > word.whole_at)) {
      word.whole = whole;
      word.whole_at = source.listed;
    }
    if (word.lessons.empty()) {
      FRESHET_ASSIGN(word.lessons, snapshot.lessons_of(source.id));
    }
  }
  return {};
}

Status put_source_words(repository::Writer& writer, const SourceWords& words, bool are_shards) {
  for (const auto& [id, word] : words) {
    Source source = word.source;
    ++source.generation;  // so that what was not seen by the last listing is of the one before it
    source.seen_all = 0;
    FRESHET_TRY(writer.put_source(source));
    if (word.whole && are_shards) FRESHET_TRY(writer.put_whole_listing(id, *word.whole));
    for (const repository::Lesson& lesson : word.lessons) FRESHET_TRY(writer.put_lesson(lesson));
  }
  return {};
}

// A whole repository keeps no count of its listings beside its members.
void count_members(SourceWords& words) {
  for (auto& [id, word] : words)
    if (!word.whole && word.source.listed != base::unset) word.whole = word.source.members;
}

}  // namespace

Status bring_sources(const MovedSpace& space) {
  SourceWords words;
  std::vector<repository::Gate> gates;
  std::size_t read = 0;
  for (const RepositoryPtr& from : space.from) {
    if (!from) continue;
    ++read;
    FRESHET_ASSIGN(const repository::Snapshot snapshot, from->read());
    FRESHET_TRY(read_words(snapshot, words));
    FRESHET_ASSIGN(const auto more, snapshot.gates());
    gates.insert(gates.end(), more.begin(), more.end());
  }
  if (read == 1) count_members(words);
  for (const RepositoryPtr& to : space.to)
    FRESHET_TRY(to->write([&](repository::Writer& writer) -> Status {
      for (const repository::KnownTarget& target : space.targets)
        FRESHET_TRY(writer.put_known_target(target));
      FRESHET_TRY(writer.put_gates(gates));
      return put_source_words(writer, words, space.to.size() > 1);
    }));
  return {};
}

}  // namespace freshet::sync

#include "core/sync/reshard_copy.hpp"

#include <utility>

#include "core/model/document.hpp"
#include "core/model/embedded.hpp"
#include "core/repository/target_model.hpp"
#include "core/sync/learn.hpp"

namespace freshet::sync {
namespace {

using base::Digest;
using base::Result;
using base::Status;
using repository::Snapshot;
using repository::Writer;

constexpr std::size_t moved_roots = 128, moved_rows = 2048;

struct KeptVector {
  std::string model;
  Digest text;
  std::vector<float> numbers;
};

// All that goes with one root.
struct MovedRoot {
  repository::Root root;
  std::optional<model::Document> document;
  std::vector<model::Chunk> chunks;
  std::vector<KeptVector> vectors;
  std::vector<repository::Lesson> lessons;
  std::optional<repository::Refusal> refusal;
};

struct MovedMember {
  Digest root;
  bool seen = false;  // by the last listing
  std::string uri;    // empty: nothing is known of it but this
  std::optional<LearntMember> learnt;
};

class Bringer {
 public:
  Bringer(const MovedSpace& space, std::size_t place, const base::Cancel& cancel)
      : space_(space), place_(place), from_(*space.from[place]), cancel_(cancel) {}

  Status run() {
    FRESHET_TRY(exclusions());
    for (const repository::KnownTarget& target : space_.targets)
      FRESHET_TRY(delivered(target.number));
    FRESHET_TRY(roots());
    FRESHET_ASSIGN(const auto sources, sources_here());
    for (const repository::Source& source : sources) FRESHET_TRY(members(source));
    for (const repository::KnownTarget& target : space_.targets)
      FRESHET_TRY(pending(target.number));
    FRESHET_TRY(triggers());
    return list_parted();
  }

 private:
  template <typename Value>
  using Parts = std::vector<std::vector<Value>>;

  std::size_t goes_to(const Digest& id) const {
    return Shard::index_of(id, static_cast<std::uint32_t>(space_.to.size()));
  }
  template <typename Value>
  Parts<Value> parts() const {
    return Parts<Value>(space_.to.size());
  }
  // Hands each new directory its part, in one commit each.
  template <typename Value, typename Put>
  Status hand_out(const Parts<Value>& parts, const Put& put) const {
    if (cancel_.requested())
      return base::fail(base::Code::cancelled, "was cancelled: run it again to go on");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].empty()) continue;
      FRESHET_TRY(space_.to[i]->write([&](Writer& writer) -> Status {
        for (const Value& value : parts[i]) FRESHET_TRY(put(writer, value));
        return {};
      }));
    }
    return {};
  }

  Result<std::vector<repository::Source>> sources_here() const {
    FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
    return snapshot.sources();
  }

  Status exclusions() const {
    for (Digest cursor;;) {
      auto to = parts<repository::Exclusion>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(const auto page, snapshot.exclusions(cursor, moved_rows));
        if (page.empty()) return {};
        cursor = model::root_id(page.back().uri);
        for (const auto& one : page) to[goes_to(model::root_id(one.uri))].push_back(one);
      }
      FRESHET_TRY(hand_out(to, [](Writer& writer, const repository::Exclusion& one) {
        return writer.exclude(one).map([](auto&&) {});
      }));
    }
  }

  // First of the rows: what the store has is then not sent again for the document that comes.
  Status delivered(repository::TargetNumber target) const {
    using Row = std::pair<Digest, Digest>;
    for (Digest cursor;;) {
      auto to = parts<Row>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(const auto page, snapshot.list_delivered(cursor, moved_rows, target));
        if (page.empty()) return {};
        cursor = page.back().first;
        for (const Row& row : page) to[goes_to(row.first)].push_back(row);
      }
      FRESHET_TRY(hand_out(to, [&](Writer& writer, const Row& row) {
        return writer.put_delivered(row.first, row.second, target);
      }));
    }
  }

  // In the order in which they were asked for.
  Status pending(repository::TargetNumber target) const {
    for (std::uint64_t last = 0;;) {
      auto to = parts<repository::Delivery>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(const auto page, snapshot.deliveries(last, moved_rows, target));
        if (page.empty()) return {};
        last = page.back().sequence;
        for (const auto& row : page) to[goes_to(row.chunk)].push_back(row);
      }
      FRESHET_TRY(hand_out(to, [&](Writer& writer, const repository::Delivery& row) {
        return writer.put_pending(row.chunk, row.removal, target);
      }));
    }
  }

  Status roots() {
    for (Digest cursor;;) {
      auto to = parts<MovedRoot>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(auto page, snapshot.list_roots(cursor, moved_roots));
        if (page.empty()) return {};
        cursor = page.back().id;
        for (repository::Root& root : page) {
          FRESHET_TRY(check_alone(root));
          if (is_parted(root)) continue;
          auto& parcels = to[goes_to(root.id)];
          FRESHET_ASSIGN(parcels.emplace_back(), pack(snapshot, std::move(root)));
        }
      }
      FRESHET_TRY(hand_out(to, unpack));
    }
  }

  // What a program handed in is kept where it was handed in, and may be in two of them.
  Status check_alone(const repository::Root& root) const {
    if (space_.shards[place_].has(root.id)) return {};
    for (std::size_t i = 0; i < space_.from.size(); ++i) {
      if (i == place_ || !space_.from[i]) continue;
      FRESHET_ASSIGN(const Snapshot other, space_.from[i]->read());
      FRESHET_ASSIGN(const auto found, other.root(root.id));
      if (found)
        return base::fail(base::Code::invalid_argument,
                          "is in " + from_.directory() + " and in " + space_.from[i]->directory() +
                              ": delete it from one of them",
                          root.uri);
    }
    return {};
  }

  // Another name of a page that falls to another shard than the page can be no other name any more.
  bool is_parted(const repository::Root& root) {
    if (root.alias_of.empty() || goes_to(model::root_id(root.alias_of)) == goes_to(root.id))
      return false;
    any_parted_ = true;
    return true;
  }

  Result<MovedRoot> pack(const Snapshot& snapshot, repository::Root root) const {
    MovedRoot parcel;
    FRESHET_ASSIGN(parcel.lessons, snapshot.lessons_of(root.id));
    FRESHET_ASSIGN(parcel.refusal, snapshot.refusal(root.id));
    if (root.exists()) {
      FRESHET_ASSIGN(parcel.document, snapshot.document(root.uri));
      FRESHET_ASSIGN(auto chunks, snapshot.chunks_of(root.id));
      for (repository::StoredChunk& stored : chunks) {
        FRESHET_TRY(pack_vectors(snapshot, stored.chunk, root.title, parcel.vectors));
        parcel.chunks.push_back(std::move(stored.chunk));
      }
    }
    parcel.root = std::move(root);
    return parcel;
  }

  Status pack_vectors(const Snapshot& snapshot, const model::Chunk& chunk, const std::string& title,
                      std::vector<KeptVector>& vectors) const {
    for (const std::string& model : space_.models) {
      KeptVector kept;
      kept.model = repository::embedder_model(model);
      kept.text = base::digest_of(
          repository::embeds_titles(model) ? model::with_titles(chunk, title) : chunk.text);
      FRESHET_ASSIGN(kept.numbers, snapshot.vector(kept.model, kept.text));
      if (!kept.numbers.empty()) vectors.push_back(std::move(kept));
    }
    return {};
  }

  static Status unpack(Writer& writer, const MovedRoot& parcel) {
    const repository::Root& root = parcel.root;
    for (const KeptVector& vector : parcel.vectors) {
      FRESHET_ASSIGN(const bool known, writer.read().has_vector(vector.model, vector.text));
      if (!known) FRESHET_TRY(writer.put_vector(vector.model, vector.text, vector.numbers));
    }
    if (parcel.document) {
      repository::DocumentWrite write;
      write.document = &*parcel.document;
      write.chunks = &parcel.chunks;
      write.now = root.ingested;
      write.content_digest = root.content_digest;
      write.ask_again = repository::fixed(root.ask_again);
      FRESHET_TRY(writer.put_document(write).map([](auto&&) {}));
    }
    FRESHET_TRY(writer.put_root(root));
    for (const repository::Lesson& lesson : parcel.lessons) FRESHET_TRY(writer.put_lesson(lesson));
    return parcel.refusal ? writer.put_refusal(*parcel.refusal) : Status{};
  }

  Status members(const repository::Source& source) const {
    for (Digest cursor;;) {
      auto to = parts<MovedMember>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(const auto page, snapshot.members(source.id, cursor, moved_rows));
        if (page.empty()) return {};
        cursor = page.back();
        for (const Digest& root : page) {
          FRESHET_ASSIGN(to[goes_to(root)].emplace_back(), membership(snapshot, source, root));
        }
      }
      FRESHET_TRY(hand_out(to, [&](Writer& writer, const MovedMember& member) {
        return enlist(writer, source.id, member);
      }));
    }
  }

  static Result<MovedMember> membership(const Snapshot& snapshot, const repository::Source& source,
                                        const Digest& root) {
    MovedMember member;
    member.root = root;
    FRESHET_ASSIGN(const auto seen, snapshot.seen_by(source.id, root));
    member.seen = seen && *seen >= source.generation;
    FRESHET_ASSIGN(const auto known, snapshot.root(root));
    if (!known) return member;
    member.uri = known->uri;
    FRESHET_ASSIGN(member.learnt, learnt_member(snapshot, source.id, member.uri));
    return member;
  }

  static Status enlist(Writer& writer, const Digest& source, const MovedMember& member) {
    FRESHET_ASSIGN(const auto record, writer.read().source(source));
    if (!record) return base::fail(base::Code::internal, "a source was not brought", source.hex());
    const std::uint64_t last = record->generation;
    const std::uint64_t listing = member.seen || last < 2 ? last : last - 1;
    FRESHET_TRY(writer.see(source, listing, std::span(&member.root, 1)).map([](auto&&) {}));
    return member.learnt ? bring(writer, source, member.uri, *member.learnt) : Status{};
  }

  Status triggers() const {
    for (Digest cursor;;) {
      auto to = parts<repository::Trigger>();
      {
        FRESHET_ASSIGN(const Snapshot snapshot, from_.read());
        FRESHET_ASSIGN(const auto page, snapshot.triggers(cursor, moved_rows));
        if (page.empty()) return {};
        cursor = model::root_id(page.back().uri);
        for (const auto& one : page) to[goes_to(model::root_id(one.uri))].push_back(one);
      }
      FRESHET_TRY(hand_out(to, [](Writer& writer, const repository::Trigger& one) {
        return writer.put_trigger(one.uri, one.why);
      }));
    }
  }

  // What is not known any more is in no due index: a listing is to name it.
  Status list_parted() const {
    if (!any_parted_) return {};
    for (const RepositoryPtr& to : space_.to)
      FRESHET_TRY(to->write([](Writer& writer) { return writer.forget_listings(); }));
    return {};
  }

  const MovedSpace& space_;
  const std::size_t place_;
  const repository::Repository& from_;
  const base::Cancel& cancel_;
  bool any_parted_ = false;
};

}  // namespace

Status bring_content(const MovedSpace& space, std::size_t place, const base::Cancel& cancel) {
  return Bringer(space, place, cancel).run();
}

}  // namespace freshet::sync

#include "core/sync/sample.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <vector>

#include "core/sync/contents.hpp"
#include "core/sync/generation.hpp"

namespace freshet::sync {
namespace {

constexpr std::uint32_t page_size = 1000;
constexpr std::size_t dear = 8;  // a row that is sought costs about this many that are walked past

// Keeps each of what comes with the same probability, and never more than `room`.
class Draw {
 public:
  Draw(ports::Random& random, std::size_t room) : random_(random), room_(room) {}
  void offer(const base::Digest& id) {
    ++offered_;
    if (drawn_.size() < room_)
      drawn_.push_back(id);
    else if (const std::uint64_t place = random_.draw() % offered_; place < room_)
      drawn_[place] = id;
  }
  std::uint64_t offered() const { return offered_; }
  std::vector<base::Digest> take(double share) {
    const auto wanted = static_cast<std::size_t>(share * static_cast<double>(offered_) + 0.5);
    shuffle();
    if (drawn_.size() > std::max<std::size_t>(wanted, 1))
      drawn_.resize(std::max<std::size_t>(wanted, 1));
    return std::move(drawn_);
  }

 private:
  void shuffle() {
    for (std::size_t left = drawn_.size(); left > 1; --left)
      std::swap(drawn_[left - 1], drawn_[random_.draw() % left]);
  }

  ports::Random& random_;
  const std::size_t room_;
  std::uint64_t offered_ = 0;
  std::vector<base::Digest> drawn_;
};

base::Status offer_all(const repository::Snapshot& snapshot, repository::TargetNumber number,
                       Draw& draw) {
  FRESHET_ASSIGN(const auto pending, pending_chunks(snapshot, number));
  for (base::Digest cursor;;) {
    FRESHET_ASSIGN(const auto rows, snapshot.list_delivered(cursor, page_size, number));
    if (rows.empty()) return {};
    for (const auto& [id, digest] : rows)
      if (!pending.contains(id)) draw.offer(id);
    cursor = rows.back().first;
  }
}

std::size_t wanted_of(const Portion& portion, std::uint64_t rows) {
  const auto wanted = static_cast<std::uint64_t>(portion.share * static_cast<double>(rows) + 0.5);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(wanted, 1, portion.most));
}

base::Digest random_digest(ports::Random& random) {
  base::Digest digest;
  for (std::size_t at = 0; at < digest.bytes.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t number = random.draw();
    std::memcpy(digest.bytes.data() + at, &number, sizeof number);
  }
  return digest;
}

// The first row that was delivered behind `place`, or the first of all; nothing where there is none.
base::Result<std::optional<base::Digest>> row_behind(const repository::Snapshot& snapshot,
                                                     repository::TargetNumber number,
                                                     const base::Digest& place) {
  FRESHET_ASSIGN(auto rows, snapshot.list_delivered(place, 1, number));
  if (rows.empty()) {
    FRESHET_ASSIGN(rows, snapshot.list_delivered({}, 1, number));
  }
  return rows.empty() ? std::nullopt : std::optional(rows.front().first);
}

constexpr std::size_t common = 6;  // bytes of a chunk's id that are its root's

bool is_of_one_root(const base::Digest& a, const base::Digest& b) {
  return std::equal(a.bytes.begin(), a.bytes.begin() + common, b.bytes.begin());
}

// Chance points more often at what has a wide gap before it. Going on by some, as chance says, too, makes one
// about as likely as another.
std::uint64_t draw_hops(ports::Random& random) { return random.draw() % 4; }

base::Digest end_of_root(base::Digest id) {
  std::fill(id.bytes.begin() + common, id.bytes.end(), std::uint8_t{0xff});
  return id;
}

// The first chunk of a root by chance.
base::Result<std::optional<base::Digest>> seek_root(const repository::Snapshot& snapshot,
                                                    repository::TargetNumber number,
                                                    ports::Random& random) {
  FRESHET_ASSIGN(auto first, row_behind(snapshot, number, random_digest(random)));
  for (std::uint64_t hops = draw_hops(random); hops > 0 && first; --hops) {
    FRESHET_ASSIGN(first, row_behind(snapshot, number, end_of_root(*first)));
  }
  return first;
}

// A root by chance, and one of its chunks: their ids begin alike, and lie together.
base::Result<std::optional<base::Digest>> seek_one(const repository::Snapshot& snapshot,
                                                   repository::TargetNumber number,
                                                   ports::Random& random) {
  FRESHET_ASSIGN(const auto first, seek_root(snapshot, number, random));
  if (!first) return first;
  base::Digest place = random_digest(random);
  std::copy_n(first->bytes.begin(), common, place.bytes.begin());
  std::optional<base::Digest> chosen;
  for (std::uint64_t hops = draw_hops(random) + 1; hops > 0; --hops) {
    FRESHET_ASSIGN(const auto other, row_behind(snapshot, number, place));
    chosen = other && is_of_one_root(*first, *other) ? other : first;
    place = *chosen;
  }
  return chosen;
}

base::Result<std::set<base::Digest>> seek_some(const repository::Snapshot& snapshot,
                                               repository::TargetNumber number, std::size_t wanted,
                                               ports::Random& random) {
  FRESHET_ASSIGN(const auto pending, pending_chunks(snapshot, number));
  std::set<base::Digest> some;
  for (std::size_t tries = 0; some.size() < wanted && tries < 2 * wanted; ++tries) {
    FRESHET_ASSIGN(const auto id, seek_one(snapshot, number, random));
    if (!id) break;
    if (!pending.contains(*id)) some.insert(*id);
  }
  return some;
}

base::Result<Looked> look_at(const Context& context, const OpenTarget& target, std::uint64_t rows,
                             const std::vector<base::Digest>& some, const base::Cancel& cancel,
                             const OnFault& on_fault) {
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, target.number));
  Contents contents(context.repository, *target.store, target.number, place.name,
                    target.target.model, cancel, on_fault);
  for (const base::Digest& id : some) FRESHET_TRY(contents.add(id));
  FRESHET_TRY(contents.finish());
  return Looked{rows, some.size()};
}

}  // namespace

base::Result<std::unordered_set<base::Digest>> pending_chunks(const repository::Snapshot& snapshot,
                                                              repository::TargetNumber number) {
  std::unordered_set<base::Digest> pending;
  for (std::uint64_t after = 0;;) {
    FRESHET_ASSIGN(const std::vector<repository::Delivery> rows,
                   snapshot.deliveries(after, page_size, number));
    if (rows.empty()) return pending;
    for (const repository::Delivery& row : rows) pending.insert(row.chunk);
    after = rows.back().sequence;
  }
}

base::Result<Looked> look_at_sample(const Context& context, const OpenTarget& target, double share,
                                    const base::Cancel& cancel, const OnFault& on_fault) {
  Draw draw(context.repository.machine().random, most_sampled);
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_TRY(offer_all(snapshot, target.number, draw));
  }
  const std::uint64_t offered = draw.offered();
  return look_at(context, target, offered, draw.take(share), cancel, on_fault);
}

base::Result<Looked> look_at_some(const Context& context, const OpenTarget& target,
                                  const Portion& portion, const base::Cancel& cancel,
                                  const OnFault& on_fault) {
  std::uint64_t rows = 0;
  bool few = false;
  std::set<base::Digest> some;
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, context.repository.read());
    FRESHET_ASSIGN(const repository::Info info, snapshot.info());
    rows = info.chunks;
    const std::size_t wanted = wanted_of(portion, rows);
    few = wanted * dear < rows;
    if (few) {
      FRESHET_ASSIGN(
          some, seek_some(snapshot, target.number, wanted, context.repository.machine().random));
    }
  }
  if (!few) return look_at_sample(context, target, portion.share, cancel, on_fault);
  return look_at(context, target, rows, {some.begin(), some.end()}, cancel, on_fault);
}

}  // namespace freshet::sync

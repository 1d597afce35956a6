#include "core/sync/sample.hpp"

#include <algorithm>

#include "core/sync/contents.hpp"
#include "core/sync/generation.hpp"

namespace freshet::sync {
namespace {

constexpr std::uint32_t page_size = 1000;

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
  FRESHET_ASSIGN(const Place place, delivery_place(context.repository, target.number));
  Contents contents(context.repository, *target.store, target.number, place.name,
                    target.target.model, cancel, on_fault);
  Looked looked{draw.offered(), 0};
  for (const base::Digest& id : draw.take(share)) {
    ++looked.checked;
    FRESHET_TRY(contents.add(id));
  }
  FRESHET_TRY(contents.finish());
  return looked;
}

}  // namespace freshet::sync

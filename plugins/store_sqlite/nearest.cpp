#include "nearest.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <system_error>
#include <thread>

#include "products.hpp"

namespace store_sqlite {
namespace {

using sdk::Failure;

constexpr std::int64_t most_threads = 8;
constexpr std::int64_t blocks_a_turn = 4;     // some 512 KiB of codes
constexpr std::int64_t blocks_a_thread = 16;  // fewer are not worth one

struct Candidate {
  std::int64_t n;
  double low, high;
};

// The rows that may be among the best `limit` of those offered.
class Candidates {
 public:
  explicit Candidates(std::size_t limit) : limit_(limit) {}

  bool wants(double high) const { return lows_.size() < limit_ || high >= lows_.front(); }

  void add(const Candidate& candidate) {
    kept_.push_back(candidate);
    add_low(candidate.low);
    if (kept_.size() < trim_at_) return;
    trim();
    trim_at_ = std::max(kept_.size() * 2, fewest_to_trim);
  }

  void add_all(const Candidates& others) {
    for (const Candidate& each : others.kept_)
      if (wants(each.high)) add(each);
  }

  std::vector<Candidate> all() {
    trim();
    std::sort(kept_.begin(), kept_.end(),
              [](const Candidate& a, const Candidate& b) { return a.n < b.n; });
    return std::move(kept_);
  }

 private:
  static constexpr std::size_t fewest_to_trim = 4096;

  void add_low(double low) {
    if (lows_.size() == limit_) {
      if (low <= lows_.front()) return;
      std::pop_heap(lows_.begin(), lows_.end(), std::greater<>());
      lows_.pop_back();
    }
    lows_.push_back(low);
    std::push_heap(lows_.begin(), lows_.end(), std::greater<>());
  }

  void trim() {
    std::erase_if(kept_, [&](const Candidate& each) { return !wants(each.high); });
  }

  std::size_t limit_;
  std::size_t trim_at_ = fewest_to_trim;
  std::vector<double> lows_;  // the best lower bounds, the least on top
  std::vector<Candidate> kept_;
};

// Goes through the blocks with one connection. The turns are shared with the scans of other threads.
class Scan {
 public:
  Scan(Connection& connection, const Known& known, const QueryVector& query, std::size_t limit,
       const Passes& passes)
      : connection_(connection),
        layout_(known.dimension),
        query_(query),
        passes_(passes),
        blocks_(connection.prepare("SELECT block, codes FROM " + known.codes() +
                                   " WHERE block >= ? AND block < ?")),
        sums_(layout_.places()),
        heads_(layout_.places()),
        candidates(limit) {}

  void run(std::atomic<std::int64_t>& turns, std::int64_t end) {
    for (;;) {
      const std::int64_t from = turns.fetch_add(1) * blocks_a_turn;
      if (from >= end) return;
      connection_.stop_if_cancelled();
      blocks_.again();
      blocks_.bind(1, from).bind(2, from + blocks_a_turn);
      while (blocks_.step()) block(blocks_.number(0), blocks_.blob(1));
    }
  }

 private:
  void block(std::int64_t number, std::string_view bytes) {
    if (bytes.size() != layout_.codes_size())
      throw Failure(FRESHET_E_CORRUPT, "is damaged: a block of vectors has a wrong size",
                    connection_.file());
    std::memcpy(heads_.data(), bytes.data(), heads_.size() * sizeof(Head));
    multiply_rows(reinterpret_cast<const std::int8_t*>(bytes.data() + layout_.codes_at(0)),
                  query_.factors(), sums_);
    for (std::size_t place = 0; place < heads_.size(); ++place)
      if (!heads_[place].is_empty()) offer(layout_.row(number, place), heads_[place], sums_[place]);
  }

  void offer(std::int64_t n, const Head& head, std::int32_t sum) {
    if (!head.is_sound(layout_.dimension()))
      throw Failure(FRESHET_E_CORRUPT, "is damaged: a stored vector is not finite",
                    connection_.file());
    const auto [low, high] = query_.bounds(head, sum);
    if (!candidates.wants(high)) return;
    if (passes_ && !passes_(connection_, n)) return;
    candidates.add({n, low, high});
  }

  Connection& connection_;
  const Layout layout_;
  const QueryVector& query_;
  const Passes& passes_;
  Statement blocks_;
  std::vector<std::int32_t> sums_;
  std::vector<Head> heads_;

 public:
  Candidates candidates;
};

std::int64_t changes(Connection& connection, const Known& known) {
  Statement count = connection.prepare("SELECT changes FROM namespaces WHERE number = ?");
  return count.bind(1, known.number).step() ? count.number(0) : -1;
}

std::int64_t threads_for(std::int64_t blocks) {
  const std::int64_t processors = std::max(1u, std::thread::hardware_concurrency());
  return std::clamp<std::int64_t>(blocks / blocks_a_thread, 1, std::min(processors, most_threads));
}

// Another thread with a connection of its own. What it cannot do, the search does without it: it sees another state of
// the namespace when somebody has written since the search began.
class Helper {
 public:
  template <typename Begin>
  explicit Helper(Begin&& begin)
      : thread_([this, begin] {
          try {
            begin(found_);
          } catch (...) {
            problem_ = std::current_exception();
          }
        }) {}
  ~Helper() {
    if (thread_.joinable()) thread_.join();
  }

  const std::optional<Candidates>& found() {
    thread_.join();
    if (problem_) std::rethrow_exception(problem_);
    return found_;
  }

 private:
  std::optional<Candidates> found_;
  std::exception_ptr problem_;
  std::thread thread_;
};

}  // namespace

bool better(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.n < b.n;
}

std::vector<Scored> nearest_rows(File& file, const sdk::Call& call, Connection& connection,
                                 const Known& known, const QueryVector& query, std::size_t limit,
                                 const Passes& passes) {
  if (limit == 0) return {};
  const std::int64_t end =
      connection.number("SELECT ifnull(max(block), -1) + 1 FROM " + known.codes());
  const std::int64_t state = changes(connection, known);
  std::atomic<std::int64_t> turns = 0;
  const auto help = [&](std::optional<Candidates>& found) {
    auto lease = file.read_beside(call);
    if (!lease) return;
    Transaction transaction(**lease, "BEGIN");
    if (changes(**lease, known) != state) return;
    Scan scan(**lease, known, query, limit, passes);
    scan.run(turns, end);
    found = std::move(scan.candidates);
  };
  Scan scan(connection, known, query, limit, passes);
  std::vector<std::unique_ptr<Helper>> helpers;
  try {
    for (std::int64_t i = 1; i < threads_for(end); ++i)
      helpers.push_back(std::make_unique<Helper>(help));
  } catch (const std::system_error&) {  // no thread is to be had: those that there are do
  }
  scan.run(turns, end);
  for (const auto& each : helpers)
    if (const auto& found = each->found()) scan.candidates.add_all(*found);
  Vectors vectors(connection, known, false);
  std::vector<Scored> best;
  for (const Candidate& each : scan.candidates.all())
    if (const auto vector = vectors.get(each.n)) best.push_back({each.n, query.product(*vector)});
  std::sort(best.begin(), best.end(), better);
  if (best.size() > limit) best.resize(limit);
  return best;
}

}  // namespace store_sqlite

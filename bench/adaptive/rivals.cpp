#include "rivals.hpp"

#include <algorithm>
#include <cmath>
#include <queue>

#include "core/policy/adaptive.hpp"
#include "core/policy/adaptive_purse.hpp"

namespace freshet::bench {
namespace {

using base::Instant;

// Every page when its time has run out, as policies of a fixed interval do.
class Ttl final : public Rival {
 public:
  explicit Ttl(double budget) : days_(1 / budget) {}
  void step(World& world, double now, double) override {
    const std::vector<int> live = world.live();
    for (const int page : live)
      if (now - world.asked(page) >= days_ - 1e-9) world.ask(page, now);
  }

 private:
  double days_;
};

// The pages with the highest rank, as many as are allowed.
class Ranked : public Rival {
 public:
  explicit Ranked(std::size_t pages) : found_(pages), days_(pages) {}
  void step(World& world, double now, double requests) override {
    allowed_ += requests;
    order_.clear();
    for (const int page : world.live()) order_.push_back({rank(world, page, now), page});
    const auto many = std::min<std::size_t>(static_cast<std::size_t>(allowed_), order_.size());
    std::partial_sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(many),
                      order_.end(), std::greater<>());
    for (std::size_t at = 0; at < many; ++at) {
      const int page = order_[at].second;
      const double waited = now - world.asked(page);
      const bool changed = world.ask(page, now);
      found_[page] += changed;
      days_[page] += changed ? waited / 2 : waited;
      learn(page, changed);
    }
    allowed_ -= static_cast<double>(many);
  }

 protected:
  virtual double rank(const World& world, int page, double now) const = 0;
  virtual void learn(int, bool) {}
  // Changes a day, where one in a hundred days was believed before.
  double rate(int page) const { return (found_[page] + 1) / (days_[page] + 100); }

 private:
  std::vector<double> found_, days_;
  double allowed_ = 0;
  std::vector<std::pair<double, int>> order_;
};

// As often as it changes.
class Proportional final : public Ranked {
  using Ranked::Ranked;
  double rank(const World& world, int page, double now) const override {
    return (now - world.asked(page)) * rate(page);
  }
};

// Half the interval after a change, twice the interval after none.
class Aimd final : public Ranked {
 public:
  explicit Aimd(std::size_t pages) : Ranked(pages), interval_(pages, 7) {}

 private:
  double rank(const World& world, int page, double now) const override {
    return (now - world.asked(page)) / interval_[page];
  }
  void learn(int page, bool changed) override {
    interval_[page] = std::clamp(changed ? interval_[page] / 2 : interval_[page] * 2, .25, 365.);
  }
  std::vector<double> interval_;
};

// The optimum for pages that change independently at constant rates, as an index: (1 - e^-x (1 + x)) / rate
// with x = rate times the time since it was asked. Cho and Garcia-Molina, ACM TODS 28(4), 2003.
class Index final : public Ranked {
  using Ranked::Ranked;
  double rank(const World& world, int page, double now) const override {
    const double x = rate(page) * (now - world.asked(page));
    return (1 - std::exp(-x) * (1 + x)) / rate(page);
  }
};

// Knows each change at once, and asks for nothing else.
class Oracle final : public Rival {
  void step(World& world, double now, double requests) override {
    allowed_ += requests;
    const std::vector<int> live = world.live();
    for (const int page : live) {
      const auto& changes = world.page(page).changes;
      const auto first = std::upper_bound(changes.begin(), changes.end(), world.asked(page));
      if (allowed_ < 1 || first == changes.end() || *first > now) continue;
      world.ask(page, now);
      allowed_ -= 1;
    }
  }
  double allowed_ = 0;
};

class Adaptive final : public Rival {
 public:
  Adaptive(std::size_t pages, int folders) : pages_(pages), folders_(folders) {}

  void begin(World& world, int page, double now) override {
    pages_[page] = policy::begin(source_, folder_of(world, page), instant(now));
  }

  void step(World& world, double now, double requests) override {
    constexpr double steps_a_day = 4;
    covered_ = world.has_hints() && source_.signal(policy::Teller::times).covers();
    purse_.earn(instant(now), requests * steps_a_day, world.live().size(), covered_);
    fill(world, now);
    while (!order_.empty()) {
      const auto [was, page] = order_.top();
      order_.pop();
      const double value = worth(world, page, now);
      if (value < was && !order_.empty() && value < order_.top().first) {
        order_.push({value, page});  // less is expected of its folder by now
        continue;
      }
      const policy::Mention mention = named(world, page, now);
      if (!purse_.affords(value, mention)) {
        if (mention == policy::Mention::no) continue;  // it stands in nobody's way
        break;
      }
      if (ask(world, page, now)) fill(world, now);  // more is expected of the others
    }
  }

 private:
  static Instant instant(double days) { return {static_cast<std::int64_t>(days * 86'400'000)}; }
  policy::Tally& folder_of(const World& world, int page) {
    return folders_[world.page(page).folder];
  }
  static policy::Hint hint(const World& world, int page, double now) {
    if (!world.has_hints()) return policy::Hint::none;
    return world.has_moved(page, now) ? policy::Hint::moved : policy::Hint::stayed;
  }
  policy::Mention named(const World& world, int page, double now) const {
    if (!covered_) return policy::Mention::unknown;
    return world.has_moved(page, now) ? policy::Mention::yes : policy::Mention::no;
  }
  double worth(const World& world, int page, double now) {
    return policy::worth(source_, folder_of(world, page), pages_[page], instant(now),
                         hint(world, page, now));
  }
  bool ask(World& world, int page, double now) {
    const policy::Hint said = hint(world, page, now);
    const bool changed = world.ask(page, now);
    purse_.spend();
    policy::observe(source_, folder_of(world, page), pages_[page], instant(now), changed, said);
    return changed;
  }
  void fill(const World& world, double now) {
    std::vector<std::pair<double, int>> all;
    for (const int page : world.live())
      if (instant(now) > pages_[page].checked) all.push_back({worth(world, page, now), page});
    order_ = Order({}, std::move(all));
  }

  using Order = std::priority_queue<std::pair<double, int>>;
  policy::SourceLearnt source_;
  std::vector<policy::PageLearnt> pages_;
  std::vector<policy::Tally> folders_;
  policy::Purse purse_;
  bool covered_ = false;
  Order order_;
};

}  // namespace

std::unique_ptr<Rival> make_rival(const std::string& name, const Trace& trace, double budget) {
  const std::size_t pages = trace.pages.size();
  if (name == "ttl") return std::make_unique<Ttl>(budget);
  if (name == "proportional") return std::make_unique<Proportional>(pages);
  if (name == "aimd") return std::make_unique<Aimd>(pages);
  if (name == "index") return std::make_unique<Index>(pages);
  if (name == "adaptive") return std::make_unique<Adaptive>(pages, trace.folders);
  if (name == "oracle") return std::make_unique<Oracle>();
  return nullptr;
}

}  // namespace freshet::bench

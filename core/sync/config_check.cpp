// What reads a configuration stops at the first thing that is wrong. So that is noted, taken out, and
// the rest is read again, as often as something is wrong.
#include "core/sync/config_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>

#include "core/sync/chunking.hpp"
#include "core/sync/sources.hpp"

namespace freshet::sync {
namespace {

// "sources[0].options" is three of them: a key, an index, a key.
struct Step {
  std::string key;
  std::optional<std::size_t> index;  // what it says, where it is one
};

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> steps;
  while (!path.empty()) {
    const bool in_brackets = path.front() == '[' && path.find(']') != std::string_view::npos;
    const std::size_t end = in_brackets ? path.find(']') + 1 : path.find_first_of(".[", 1);
    const std::string_view word = path.substr(0, end);
    const auto index = in_brackets ? number_in(word.substr(1, word.size() - 2)) : std::nullopt;
    steps.push_back({std::string(word), index});
    path.remove_prefix(word.size());
    if (path.starts_with('.')) path.remove_prefix(1);
  }
  return steps;
}

// A configuration from which things are taken out, and that still knows where all else stood.
class Pruned {
 public:
  explicit Pruned(Json config) : config_(std::move(config)) {}

  const Json& config() const { return config_; }
  bool lacks_sources() const { return before_.contains("sources"); }

  // Where `path` was before anything was taken out.
  std::string place_of(const std::string& path) const {
    std::string place;
    for (const Step& step : steps_of(path)) {
      const auto array = before_.find(place);
      if (step.index)
        place += fmt::format("[{}]", array == before_.end() || *step.index >= array->second.size()
                                         ? *step.index
                                         : array->second[*step.index]);
      else
        place = base::join_path(place, step.key);
    }
    return place;
  }

  // Takes out what is at `path`, or else the nearest thing around it. False: that is everything.
  bool take_out(const std::string& path) {
    Json* around = nullptr;
    Json* at = &config_;
    Step last;
    std::string place, around_place;
    for (const Step& step : steps_of(path)) {
      Json* const inner = find(*at, step);
      if (inner == nullptr) break;
      around = at;
      at = inner;
      last = step;
      around_place = place;
      place =
          step.index ? fmt::format("{}[{}]", place, *step.index) : base::join_path(place, step.key);
    }
    if (around == nullptr) return false;
    if (last.index)
      erase(*around, place_of(around_place), *last.index);
    else
      around->erase(last.key);
    return true;
  }

 private:
  static Json* find(Json& at, const Step& step) {
    if (step.index) return at.is_array() && *step.index < at.size() ? &at[*step.index] : nullptr;
    const auto found = at.is_object() ? at.find(step.key) : at.end();
    return found == at.end() ? nullptr : &*found;
  }

  void erase(Json& array, const std::string& place, std::size_t index) {
    auto [numbers, is_new] = before_.try_emplace(place, array.size());
    if (is_new) std::iota(numbers->second.begin(), numbers->second.end(), std::size_t{0});
    numbers->second.erase(numbers->second.begin() + static_cast<std::ptrdiff_t>(index));
    array.erase(index);
  }

  Json config_;
  std::map<std::string, std::vector<std::size_t>>
      before_;  // of arrays, by place: their old indices
};

std::optional<base::Error> first_problem(const Offer& offer, const Json& config,
                                         const policy::NamedPolicies& named) {
  const auto parsed = parse_run(config, nullptr, named);
  if (!parsed) return parsed.error();
  const std::vector<base::Error> problems = check_config(offer, *parsed);
  return problems.empty() ? std::nullopt : std::optional(problems.front());
}

// What is wrong at `place` only because something in it, or all of it, was taken out.
bool follows(const std::string& place, const std::vector<base::Error>& problems) {
  return std::any_of(problems.begin(), problems.end(), [&](const base::Error& known) {
    const std::string_view inner = known.subject;
    return inner.starts_with(place) && (inner.size() == place.size() ||
                                        inner[place.size()] == '.' || inner[place.size()] == '[');
  });
}

}  // namespace

std::vector<base::Error> find_problems(
    const Json& json, const std::function<std::optional<base::Error>(const Json&)>& first) {
  std::vector<base::Error> problems;
  Pruned pruned(json);
  while (problems.size() < most_problems) {
    std::optional<base::Error> problem = first(pruned.config());
    if (!problem) break;
    const std::string path = problem->subject;
    // It may be the name of a source that was taken out.
    const bool doubtful = pruned.lacks_sources() && path.starts_with("only.sources");
    problem->subject = pruned.place_of(path);
    if (!doubtful && !follows(problem->subject, problems)) problems.push_back(*std::move(problem));
    if (!pruned.take_out(path)) break;
  }
  return problems;
}

std::vector<base::Error> check_config(const Offer& offer, const RunConfig& config) {
  std::vector<base::Error> problems = check_sources(offer, config);
  const auto check = [&](ports::Kind kind, const Use& use, const std::string& path) {
    auto completed = complete_use(offer, kind, use, path);
    if (!completed) problems.push_back(std::move(completed).error());
  };
  if (config.store) check(ports::Kind::store, *config.store, "store");
  for (std::size_t i = 0; i < config.stores.size(); ++i) {
    const std::string path = fmt::format("stores[{}]", i);
    check(ports::Kind::store, config.stores[i].store, path);
    if (config.stores[i].embedder)
      check(ports::Kind::embedder, *config.stores[i].embedder, path + ".embedder");
  }
  if (config.embedder) check(ports::Kind::embedder, *config.embedder, "embedder");
  for (std::size_t i = 0; config.readers && i < config.readers->size(); ++i)
    check(ports::Kind::reader, (*config.readers)[i], fmt::format("readers[{}]", i));
  for (base::Error& problem : check_chunking(offer, config.chunking))
    problems.push_back(std::move(problem));
  return problems;
}

std::vector<base::Error> find_problems(const Offer& offer, const Json& config,
                                       const policy::NamedPolicies& named) {
  return find_problems(config, [&](const Json& rest) { return first_problem(offer, rest, named); });
}

}  // namespace freshet::sync

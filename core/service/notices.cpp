#include "core/service/notices.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::service {
namespace {

using base::Json;

constexpr Millis first_pause{60'000}, longest_pause{3'600'000};
constexpr Trouble all_troubles[] = {Trouble::failure, Trouble::held, Trouble::stale};

Millis wait_after(unsigned failures) {
  return std::min(longest_pause, first_pause * (1 << std::min(failures - 1, 6u)));
}

Instant instant_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_integer() ? Instant{found->get<std::int64_t>()}
                                                           : base::unset;
}

}  // namespace

const char* trouble_name(Trouble trouble) {
  switch (trouble) {
    case Trouble::failure:
      return "failure";
    case Trouble::held:
      return "held";
    case Trouble::stale:
      return "stale";
  }
  return "unknown";
}

void Notices::use(std::vector<Hook> hooks) {
  hooks_ = std::move(hooks);
  const auto is_gone = [&](const std::string& id) {
    return std::none_of(hooks_.begin(), hooks_.end(),
                        [&](const Hook& hook) { return hook.id == id; });
  };
  std::erase_if(deliveries_, [&](const auto& each) { return is_gone(each.first); });
  for (auto& [key, state] : states_)
    std::erase_if(state.told, [&](const auto& each) { return is_gone(each.first); });
  forget_what_is_over();
}

bool Notices::note(const std::string& source, Trouble trouble, bool holds, const std::string& text,
                   Instant now) {
  return note(Key{source, trouble, Millis(0)}, holds, text, now);
}

bool Notices::note(const Key& key, bool holds, const std::string& text, Instant now) {
  const auto found = states_.find(key);
  if (!holds) {
    if (found == states_.end() || found->second.over != base::unset) return false;
    found->second.over = now;
    forget_what_is_over();
    return true;
  }
  if (found != states_.end() && found->second.over == base::unset) {
    found->second.text = text;
    return false;
  }
  State& state = states_[key];  // one that was over has begun again, before that was told
  if (state.since == base::unset) state.since = now;
  state.over = base::unset;
  state.text = text;
  return true;
}

bool Notices::note_listed(const std::string& source, Instant listed, Instant now) {
  bool news = false;
  for (const Hook& hook : hooks_) {
    const Millis bound = hook.config.stale_after;
    if (bound <= Millis(0) || (!hook.source.empty() && hook.source != source)) continue;
    const bool is_stale = now - listed >= bound;
    news |=
        note(Key{source, Trouble::stale, bound}, is_stale,
             fmt::format("was not listed as a whole for {}", base::format_duration(bound)), now);
  }
  return news;
}

bool Notices::holds(const std::string& source, Trouble trouble) const {
  return std::any_of(states_.begin(), states_.end(), [&](const auto& each) {
    return std::get<0>(each.first) == source && std::get<1>(each.first) == trouble &&
           each.second.over == base::unset;
  });
}

bool Notices::minds(const Hook& hook, const Key& key) const {
  const auto& [source, trouble, bound] = key;
  if (!hook.source.empty() && hook.source != source) return false;
  if (trouble == Trouble::failure) return hook.config.failure;
  if (trouble == Trouble::held) return hook.config.held;
  return hook.config.stale && hook.config.stale_after == bound;
}

bool Notices::is_due(const Hook& hook, State& state, Instant now) const {
  const auto told = state.told.find(hook.id);
  if (state.over != base::unset) return told != state.told.end() && hook.config.recovery;
  if (told == state.told.end()) return true;
  told->second = std::min(told->second, now);  // a clock that was ahead
  return hook.config.repeat > Millis(0) && now - told->second >= hook.config.repeat;
}

std::optional<Message> Notices::next(Instant now) {
  for (std::size_t i = 0; i < hooks_.size(); ++i) {
    const Hook& hook = hooks_[i];
    Delivery& delivery = deliveries_[hook.id];
    delivery.last = std::min(delivery.last, now);
    delivery.not_before = std::min(delivery.not_before, now + longest_pause);
    if (now < delivery.not_before) continue;
    if (delivery.last != base::unset && now - delivery.last < hook.config.pause) continue;
    for (auto& [key, state] : states_) {
      if (!minds(hook, key) || !is_due(hook, state, now)) continue;
      const bool over = state.over != base::unset;
      return Message{i,          std::get<1>(key), std::get<0>(key),
                     state.text, state.since,      !over && state.told.contains(hook.id),
                     over,       std::get<2>(key)};
    }
  }
  return std::nullopt;
}

void Notices::sent(const Message& message, Instant now) {
  if (message.hook >= hooks_.size()) return;
  const std::string& id = hooks_[message.hook].id;
  deliveries_[id] = {now, base::unset, 0};
  const auto found = states_.find(Key{message.source, message.trouble, message.bound});
  if (found == states_.end()) return;
  // What has changed meanwhile is told next.
  if (message.over)
    found->second.told.erase(id);
  else
    found->second.told[id] = now;
  forget_what_is_over();
}

void Notices::failed(const Message& message, Instant now) {
  if (message.hook >= hooks_.size()) return;
  Delivery& delivery = deliveries_[hooks_[message.hook].id];
  delivery.not_before = now + wait_after(++delivery.failures);
}

void Notices::forget_what_is_over() {
  std::erase_if(states_, [&](const auto& each) {
    return each.second.over != base::unset &&
           std::none_of(hooks_.begin(), hooks_.end(), [&](const Hook& hook) {
             return hook.config.recovery && each.second.told.contains(hook.id);
           });
  });
}

Json Notices::to_json() const {
  Json states = Json::array(), deliveries = Json::object();
  for (const auto& [key, state] : states_) {
    Json told = Json::object();
    for (const auto& [id, at] : state.told) told[id] = at.ms;
    states.push_back({{"source", std::get<0>(key)},
                      {"trouble", trouble_name(std::get<1>(key))},
                      {"bound", std::get<2>(key).count()},
                      {"text", state.text},
                      {"since", state.since.ms},
                      {"over", state.over.ms},
                      {"told", std::move(told)}});
  }
  for (const auto& [id, delivery] : deliveries_)
    deliveries[id] = {{"last", delivery.last.ms},
                      {"not_before", delivery.not_before.ms},
                      {"failures", delivery.failures}};
  return {{"states", std::move(states)}, {"webhooks", std::move(deliveries)}};
}

void Notices::restore(const Json& json) {
  if (!json.is_object()) return;
  for (const Json& each : json.value("states", Json::array()))
    for (const Trouble trouble : all_troubles) {
      if (!each.is_object() || each.value("trouble", "") != trouble_name(trouble)) continue;
      State& state = states_[Key{each.value("source", ""), trouble,
                                 Millis(each.value("bound", std::int64_t{0}))}];
      state.text = each.value("text", "");
      state.since = instant_in(each, "since");
      state.over = instant_in(each, "over");
      const Json told = each.value("told", Json::object());
      for (const auto& [id, at] : told.items()) state.told[id] = instant_in(told, id.c_str());
    }
  const Json webhooks = json.value("webhooks", Json::object());
  for (const auto& [id, each] : webhooks.items())
    deliveries_[id] = {instant_in(each, "last"), instant_in(each, "not_before"),
                       each.value("failures", 0u)};
}

}  // namespace freshet::service

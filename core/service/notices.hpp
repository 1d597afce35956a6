// core/service/notices.hpp - what people are to be told, when, and by which webhook: facts and time in,
// messages out. It sends nothing.
//
// What is wrong with a source holds from a run that found it to one that did not. Each webhook is told
// once when it begins, again where it goes on for long, and when it is over, if it was told before.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/instant.hpp"
#include "core/base/json.hpp"
#include "core/sync/notify_config.hpp"

namespace freshet::service {

using base::Instant;
using base::Millis;

enum class Trouble { failure, held, stale };
const char* trouble_name(Trouble trouble);

struct Hook {
  std::string id;      // the same as long as it is sent to the same place in the same form
  std::string place;   // in the configuration
  std::string source;  // the one that it is about; empty: any
  sync::NotifyConfig config;
};

struct Message {
  std::size_t hook = 0;  // its place in the list
  Trouble trouble = Trouble::failure;
  std::string source;  // empty: the service itself
  std::string text;
  Instant since;
  bool again = false, over = false;
  Millis bound{0};  // of what is stale
};

class Notices {
 public:
  // Webhooks that are not among these are forgotten.
  void use(std::vector<Hook> hooks);
  const std::vector<Hook>& hooks() const { return hooks_; }

  // Whether a source is in trouble, after a run of it. True where that is news.
  bool note(const std::string& source, Trouble trouble, bool holds, const std::string& text,
            Instant now);
  // When a source was last listed as a whole, and since when the service minds it.
  bool note_listed(const std::string& source, Instant listed, Instant now);
  bool holds(const std::string& source, Trouble trouble) const;

  // What is to be sent now, if anything.
  std::optional<Message> next(Instant now);
  void sent(const Message& message, Instant now);
  void failed(const Message& message, Instant now);  // it is tried again, later each time

  base::Json to_json() const;
  void restore(const base::Json& json);  // what cannot be read is left out

 private:
  using Key = std::tuple<std::string, Trouble, Millis>;  // source, trouble, bound
  struct State {
    std::string text;
    Instant since{}, over{};              // over: unset while it holds
    std::map<std::string, Instant> told;  // by webhook
  };
  struct Delivery {
    Instant last{}, not_before{};
    unsigned failures = 0;
  };

  bool note(const Key& key, bool holds, const std::string& text, Instant now);
  bool minds(const Hook& hook, const Key& key) const;
  bool is_due(const Hook& hook, State& state, Instant now) const;
  void forget_what_is_over();

  std::vector<Hook> hooks_;
  std::map<Key, State> states_;
  std::map<std::string, Delivery> deliveries_;  // by webhook
};

}  // namespace freshet::service

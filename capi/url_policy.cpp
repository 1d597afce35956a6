#include "capi/url_policy.hpp"

#include "capi/custom_policy.hpp"
#include "capi/objects.hpp"
#include "core/base/json.hpp"

namespace freshet::capi {
namespace {

using base::Result;

class UrlPolicy : public policy::Policy {
 public:
  explicit UrlPolicy(const freshet_url_functions& functions) : functions_(functions) {}
  ~UrlPolicy() override {
    if (functions_.release != nullptr) functions_.release(functions_.payload);
  }
  nlohmann::json to_json() const override { return {{"custom", true}}; }
  bool is_pure() const override { return false; }

 protected:
  const freshet_url_functions functions_;
};

// How many policies that select are being asked on this thread, one inside another.
class Deeper {
 public:
  Deeper() { ++depth(); }
  ~Deeper() { --depth(); }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  bool too_deep() const { return depth() > 64; }

 private:
  static int& depth() {
    thread_local int depth = 0;
    return depth;
  }
};

class Selecting final : public UrlPolicy {
 public:
  using UrlPolicy::UrlPolicy;

  Result<policy::Decision> decide(const policy::Known& known, base::Instant now) const override {
    return ask(known, [&](const policy::Policy& selected) { return selected.decide(known, now); });
  }
  Result<bool> accept(const policy::Known& known, const model::Document& document) const override {
    return ask(known,
               [&](const policy::Policy& selected) { return selected.accept(known, document); });
  }
  bool is_forced(const policy::Known& known) const override {
    const auto forced = ask(known, [&](const policy::Policy& selected) {
      return Result<bool>(selected.is_forced(known));
    });
    return forced && *forced;
  }

 private:
  // Asks `question` of the policy that is selected, which may be one that selects, too.
  template <typename Question>
  auto ask(const policy::Known& known, Question&& question) const
      -> decltype(question(std::declval<const policy::Policy&>())) {
    const Deeper deeper;
    if (deeper.too_deep())
      return base::fail(base::Code::policy_failed, "policies select one another without an end",
                        std::string(known.uri));
    FRESHET_ASSIGN(const policy::PolicyPtr selected, select(known.uri));
    return question(*selected);
  }
  Result<policy::PolicyPtr> select(std::string_view uri) const {
    const freshet_policy* handle = nullptr;
    FRESHET_TRY(call_policy("select", uri, "", [&, text = std::string(uri)] {
      return functions_.select(functions_.payload, text.c_str(), &handle);
    }));
    if (handle == nullptr) return policy::never_existing();
    const auto object = get(handle);
    if (object) return (*object)->policy;
    return base::fail(base::Code::policy_failed, "the policy's select named no policy",
                      std::string(uri));
  }
};

class Matching final : public UrlPolicy {
 public:
  using UrlPolicy::UrlPolicy;

  Result<policy::Decision> decide(const policy::Known& known, base::Instant now) const override {
    if (!known.exists) return policy::Decision{true, "not known yet", now};
    std::int32_t matches = 0;
    FRESHET_TRY(call_policy("matches", known.uri, "", [&, text = std::string(known.uri)] {
      return functions_.matches(functions_.payload, text.c_str(), &matches);
    }));
    if (matches != 0) return policy::Decision{true, "the URI matches", now};
    return policy::Decision{false, "the URI does not match", base::never};
  }
};

}  // namespace

policy::PolicyPtr make_selecting_policy(const freshet_url_functions& functions) {
  return std::make_shared<Selecting>(functions);
}

policy::PolicyPtr make_matching_policy(const freshet_url_functions& functions) {
  return std::make_shared<Matching>(functions);
}

}  // namespace freshet::capi

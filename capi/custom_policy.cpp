#include "capi/custom_policy.hpp"

#include <fmt/format.h>

#include <limits>
#include <memory>
#include <string>

#include "capi/document.hpp"
#include "core/base/json.hpp"

namespace freshet::capi {
namespace {

// Owns the texts of a freshet_known.
class KnownText {
 public:
  explicit KnownText(const policy::Known& known)
      : uri_(known.uri),
        metadata_(known.metadata.empty() ? "{}" : known.metadata),
        flags_(known.flags.empty() ? "{}" : known.flags) {
    view_.struct_size = sizeof view_;
    view_.uri = uri_.c_str();
    view_.metadata = metadata_.c_str();
    view_.flags = flags_.c_str();
    view_.ingested_ms = known.ingested.ms;
    view_.checked_ms = known.checked.ms;
    view_.changed_ms = known.changed.ms;
    view_.listed_modified_ms = known.listed_modified ? known.listed_modified->ms
                                                     : std::numeric_limits<std::int64_t>::min();
    view_.exists = known.exists ? 1 : 0;
    view_.triggered = known.trigger != 0 ? 1 : 0;
  }
  KnownText(const KnownText&) = delete;
  KnownText& operator=(const KnownText&) = delete;
  const freshet_known* get() const { return &view_; }

 private:
  std::string uri_, metadata_, flags_;
  freshet_known view_{};
};

class CustomPolicy : public policy::Policy {
 public:
  explicit CustomPolicy(const freshet_custom_policy& functions) : functions_(functions) {}
  ~CustomPolicy() override {
    if (functions_.release != nullptr) functions_.release(functions_.payload);
  }

  base::Result<policy::Decision> decide(const policy::Known& known,
                                        base::Instant now) const override {
    const KnownText text(policy::believable(known, now));
    freshet_decision out = FRESHET_DECISION_INIT;
    out.ask_again_ms = FRESHET_NEVER;
    const base::Status done = call_policy("decide", known.uri, out.reason, [&] {
      const freshet_status status = functions_.decide(functions_.payload, text.get(), now.ms, &out);
      out.reason[sizeof out.reason - 1] = '\0';
      return status;
    });
    if (!done) return base::fail(done.error());
    const bool refresh = out.refresh != 0;
    return policy::Decision{refresh, out.reason[0] != '\0' ? out.reason : "custom",
                            refresh ? now : base::Instant{out.ask_again_ms}};
  }

  base::Result<bool> accept(const policy::Known& known,
                            const model::Document& document) const override {
    if (functions_.accept == nullptr) return true;
    const KnownText text(known);
    std::int32_t accepted = 0;
    const std::unique_ptr<freshet_document, void (*)(freshet_document*)> borrowed(
        make_document(document),  // a copy: the handle may be used anyhow
        [](freshet_document* handle) { take(handle); });
    FRESHET_TRY(call_policy("accept", known.uri, "", [&] {
      return functions_.accept(functions_.payload, text.get(), borrowed.get(), &accepted);
    }));
    return accepted != 0;
  }

  nlohmann::json to_json() const override { return {{"custom", true}}; }
  bool is_pure() const override { return false; }

 private:
  const freshet_custom_policy functions_;
};

}  // namespace

base::Status call_policy(const char* name, std::string_view uri, const char* said,
                         const std::function<freshet_status()>& function) {
  std::string why;
  try {
    const freshet_status status = function();
    if (status == FRESHET_OK) return {};
    why = said[0] != '\0' ? std::string(policy::Reason(said).view())
                          : fmt::format("returned {}", freshet_status_name(status));
  } catch (...) {  // it may not throw
    why = "threw an exception";
  }
  return base::fail(base::Code::policy_failed, fmt::format("the policy's {} failed: {}", name, why),
                    std::string(uri));
}

policy::PolicyPtr make_custom_policy(const freshet_custom_policy& functions) {
  return std::make_shared<CustomPolicy>(functions);
}

}  // namespace freshet::capi

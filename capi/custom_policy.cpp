#include "capi/custom_policy.hpp"

#include <limits>
#include <string>

#include "capi/document.hpp"
#include "capi/reasons.hpp"
#include "core/base/json.hpp"

namespace freshet::capi {
namespace {

// Owns the texts of a freshet_known.
class KnownText {
 public:
  explicit KnownText(const policy::Known& known)
      : uri_(known.uri),
        metadata_(known.metadata != nullptr ? base::dump_json(*known.metadata) : "{}"),
        flags_(known.flags != nullptr ? base::dump_json(*known.flags) : "{}") {
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
    view_.triggered = known.triggered ? 1 : 0;
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

  policy::Decision decide(const policy::Known& known, base::Instant now) const override {
    const KnownText text(policy::believable(known, now));
    freshet_decision out = FRESHET_DECISION_INIT;
    out.ask_again_ms = FRESHET_NEVER;
    functions_.decide(functions_.payload, text.get(), now.ms, &out);
    const bool refresh = out.refresh != 0;
    return {refresh, reasons_.keep(out.reason != nullptr ? out.reason : "custom"),
            refresh ? now : base::Instant{out.ask_again_ms}};
  }

  bool accept(const policy::Known& known, const model::Document& document) const override {
    if (functions_.accept == nullptr) return true;
    const KnownText text(known);
    freshet_document* const borrowed =
        make_document(document);  // a copy: the handle may be used anyhow
    const bool accepted = functions_.accept(functions_.payload, text.get(), borrowed) != 0;
    take(borrowed);
    return accepted;
  }

  nlohmann::json to_json() const override { return {{"custom", true}}; }
  bool needs_metadata() const override { return true; }
  bool needs_flags() const override { return true; }

 private:
  const freshet_custom_policy functions_;
  mutable Reasons reasons_;
};

}  // namespace

policy::PolicyPtr make_custom_policy(const freshet_custom_policy& functions) {
  return std::make_shared<CustomPolicy>(functions);
}

}  // namespace freshet::capi

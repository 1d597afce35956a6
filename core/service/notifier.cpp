#include "core/service/notifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/digest.hpp"
#include "core/base/file_size_signal.hpp"
#include "core/base/text.hpp"
#include "core/host/redactor.hpp"
#include "core/host/secrets.hpp"
#include "core/net/signature.hpp"

namespace freshet::service {
namespace {

using base::Code;
using base::Json;
using base::Result;
using base::Status;

constexpr Millis longest_send{10'000};
constexpr std::size_t most_text = 1'000;  // bytes of a message

// What is wrong after a run; empty: nothing.
std::string failure_in(const Result<sync::Report>& result) {
  if (!result) return base::to_string(result.error());
  for (const sync::SourceReport& source : result->sources)
    if (source.error) return "could not be listed: " + base::to_string(*source.error);
  if (!result->failures.empty())
    return fmt::format("{} of {} roots failed; {}: {}", result->counts.failed,
                       result->counts.listed, result->failures.front().uri,
                       base::to_string(result->failures.front().error));
  return result->errors.empty() ? std::string() : base::to_string(result->errors.front());
}

// Of the last listing; nothing where the run has none.
std::optional<std::string> held_in(const sync::Report& report) {
  std::optional<std::string> held;
  for (const sync::SourceReport& source : report.sources) {
    if (!source.listed || source.error) continue;
    held =
        source.held == 0 ? "" : fmt::format("{} removals are held: {}", source.held, source.note);
  }
  return held;
}

std::string cut(std::string text) {
  if (text.size() <= most_text) return text;
  text.resize(most_text);
  return base::to_utf8(text) + "…";
}

// "manual: 3 of 40 roots failed; …"
std::string line_of(const Message& message) {
  const std::string who = message.source.empty() ? "delivery" : message.source;
  if (message.over)
    return fmt::format("{}: is well again; there was {} since {}", who,
                       trouble_name(message.trouble), base::format_instant(message.since));
  return fmt::format("{}: {}{}", who, message.again ? "still: " : "", message.text);
}

Json body_of(const Message& message, const std::string& name_space, Instant now) {
  return {{"namespace", name_space},
          {"source", message.source},
          {"event", message.over ? "recovery" : trouble_name(message.trouble)},
          {"trouble", trouble_name(message.trouble)},
          {"again", message.again},
          {"since", base::format_instant(message.since)},
          {"time", base::format_instant(now)},
          {"message", message.text}};
}

// A person wrote the reference; what stands there is masked from here on.
Result<std::string> read(const std::string& text, LogHub& log) {
  if (!host::is_secret_reference(text)) {
    host::redactor().remember(text);
    return text;
  }
  return host::read_secret(
      text, [&](const std::string& line) { log.write(sync::log_warning, "freshet.notify", line); });
}

std::vector<Hook> hooks_of(const Plan& plan) {
  std::vector<Hook> hooks;
  const auto add = [&](const std::vector<sync::NotifyConfig>& configs, const std::string& place,
                       const std::string& source) {
    for (std::size_t i = 0; i < configs.size(); ++i) {
      const sync::NotifyConfig& config = configs[i];
      base::DigestBuilder id;
      id.add(config.url).add(static_cast<std::uint64_t>(config.form)).add(source);
      hooks.push_back({id.finish().hex(), fmt::format("{}[{}]", place, i), source, config});
    }
  };
  add(plan.config.service.notify, "service.notify", "");
  for (std::size_t i = 0; i < plan.config.sources.size(); ++i)
    add(plan.config.sources[i].notify, fmt::format("sources[{}].notify", i), plan.sources[i].name);
  return hooks;
}

}  // namespace

Notifier::Notifier(const Session& session, std::function<void(const base::Error&)> told)
    : session_(session),
      machine_(session.repository->machine()),
      told_(std::move(told)),
      since_(machine_.clock.now()) {
  (void)base::guarded([&]() -> Status {  // what cannot be read is told once more
    FRESHET_ASSIGN(const repository::Snapshot snapshot, session_.repository->read());
    FRESHET_ASSIGN(const std::string kept, snapshot.notices(session_.repository->name_space()));
    if (!kept.empty()) notices_.restore(Json::parse(kept, nullptr, false));
    return {};
  });
}

void Notifier::use(const Plan& plan) {
  const std::lock_guard lock(mutex_);
  notices_.use(hooks_of(plan));
}

void Notifier::ended(const std::string& source, const Result<sync::Report>& result,
                     bool still_failing, Instant now) {
  if (result ? result->cancelled : result.error().code == Code::cancelled) return;
  const std::lock_guard lock(mutex_);
  if (notices_.hooks().empty()) return;
  const host::Redactor& redactor = host::redactor();
  const std::string failure = redactor.clean(failure_in(result));
  if (!failure.empty() || !still_failing)
    news_ |= notices_.note(source, Trouble::failure, !failure.empty(), cut(failure), now);
  const auto held = result ? held_in(*result) : std::nullopt;
  if (held)
    news_ |= notices_.note(source, Trouble::held, !held->empty(), cut(redactor.clean(*held)), now);
}

void Notifier::listed(const std::string& source, Instant listed, Instant now) {
  const std::lock_guard lock(mutex_);
  news_ |= notices_.note_listed(source, listed == base::unset ? since_ : listed, now);
}

bool Notifier::minds_failure(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  return notices_.holds(source, Trouble::failure);
}

Millis Notifier::patience() const {
  constexpr Millis shortest{1'000}, usual{60'000};
  const std::lock_guard lock(mutex_);
  Millis patience{24 * 3'600'000};
  for (const Hook& hook : notices_.hooks())
    if (const Millis bound = hook.config.stale_after; bound > Millis(0))
      patience = std::min(patience, std::clamp(bound, shortest, usual));
  return patience;
}

void Notifier::work(Instant now) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_ || notices_.hooks().empty() || (!news_ && !notices_.next(now))) return;
    busy_ = true;
    cancel_ = base::Cancel();
  }
  if (task_ == nullptr) task_ = machine_.executor.task();
  if (task_->start("freshet-notify", [this] { send_all(); })) return;
  const std::lock_guard lock(mutex_);
  busy_ = false;
}

void Notifier::stop() {
  {
    const std::lock_guard lock(mutex_);
    cancel_.request();
  }
  if (task_ != nullptr) task_->join();
}

void Notifier::send_all() noexcept {
  const base::BlockFileSizeSignal block;
  for (;;) {
    std::optional<Message> message;
    Hook hook;
    const Status kept = base::guarded([&] { return keep(); });
    {
      const std::lock_guard lock(mutex_);
      const Instant now = machine_.clock.now();
      (void)base::guarded([&]() -> Status {
        if (kept && !cancel_.requested()) message = notices_.next(now);
        if (message) hook = notices_.hooks()[message->hook];
        return {};
      });
      if (!message) busy_ = false;
    }
    if (!kept) told_(kept.error());
    if (!message) return;
    const Status sent = base::guarded([&] { return send(*message, hook); });
    {
      const std::lock_guard lock(mutex_);
      if (message->hook >= notices_.hooks().size() || notices_.hooks()[message->hook].id != hook.id)
        continue;  // of a configuration that is no more
      if (sent)
        notices_.sent(*message, machine_.clock.now());
      else if (!cancel_.requested())
        notices_.failed(*message, machine_.clock.now());
      news_ = true;
    }
    if (!sent && sent.error().code != Code::cancelled) told_(sent.error());
  }
}

Status Notifier::keep() {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (!news_) return {};
    text = base::dump_json(notices_.to_json());
    news_ = false;
  }
  Status kept = session_.repository->write([&](repository::Writer& writer) {
    return writer.put_notices(session_.repository->name_space(), text);
  });
  if (kept) return kept;
  const std::lock_guard lock(mutex_);
  news_ = true;
  return kept;
}

Result<ports::HttpRequest> Notifier::request_of(const Message& message, const Hook& hook) const {
  const Instant now = machine_.clock.now();
  ports::HttpRequest request;
  request.method = "POST";
  FRESHET_ASSIGN(request.url, read(hook.config.url, session_.runtime->log()));
  request.timeout = longest_send;
  request.private_origins = {request.url};  // the configuration names it
  request.headers = {{"content-type", "application/json"}};
  if (hook.config.form == sync::NotifyForm::slack) {
    request.body = base::dump_json(Json{{"text", line_of(message)}});
    return request;
  }
  FRESHET_ASSIGN(const std::string secret, read(hook.config.secret, session_.runtime->log()));
  request.body = base::dump_json(body_of(message, session_.repository->name_space(), now));
  const std::string at = std::to_string(now.ms / 1000);
  request.headers.push_back({"x-freshet-timestamp", at});
  request.headers.push_back(
      {"x-freshet-signature", "sha256=" + net::hmac_sha256(secret, at + "." + request.body)});
  return request;
}

// The error names the place in the configuration: the URL itself may be a secret.
Status Notifier::send(const Message& message, const Hook& hook) {
  const auto told = [&](base::Error error) {
    error.message = "was not told: " + error.message;
    error.subject = hook.place;
    return base::fail(std::move(error));
  };
  auto request = request_of(message, hook);
  if (!request) return told(std::move(request).error());
  auto response = session_.runtime->http().send(*request, cancel_);
  if (!response) return told(std::move(response).error());
  if (response->status >= 200 && response->status < 300) return {};
  return told(
      base::make_error(Code::remote, fmt::format("the webhook answered {}", response->status)));
}

}  // namespace freshet::service

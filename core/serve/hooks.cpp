#include "core/serve/hooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/model/document.hpp"
#include "core/net/signature.hpp"
#include "core/sync/trigger.hpp"

namespace freshet::serve {
namespace {

using base::Code;
using base::Digest;
using base::Json;
using base::Result;
using base::Status;

constexpr base::Millis longest_way{5 * 60'000};  // how old, or ahead, a signed time may be
constexpr std::size_t most_body = 8 << 20;
constexpr std::size_t most_shown = 100;  // bytes of a commit or a branch in a reason

tl::unexpected<base::Error> wrong_signature(const char* header) {
  return base::fail(Code::denied, "does not fit the body and the secret of this hook", header);
}

Digest name_for(HookKind kind, std::string_view what, std::string_view text) {
  return base::DigestBuilder().add(name_of(kind)).add(what).add(text).finish();
}

// "X-Hub-Signature-256: sha256=…" over the body. Its delivery id is not signed, so that the
// signature, with the body behind it, is a name of its own.
Status check_github(const Request& request, const std::string& secret, Delivery& out) {
  const std::string_view said = request.header("x-hub-signature-256");
  if (!net::same_secret(said, "sha256=" + net::hmac_sha256(secret, request.body)))
    return wrong_signature("X-Hub-Signature-256");
  const std::string_view id = request.header("x-github-delivery");
  if (id.empty()) return base::fail(Code::denied, "is missing", "X-GitHub-Delivery");
  out.is_push = request.header("x-github-event") == "push";
  out.names = {name_for(HookKind::github, "id", id)};
  if (out.is_push) out.names.push_back(name_for(HookKind::github, "body", said));
  return {};
}

// GitLab signs nothing: who knows the token may say anything, and says one thing once by its id.
Status check_gitlab(const Request& request, const std::string& secret, Delivery& out) {
  if (!net::same_secret(request.header("x-gitlab-token"), secret))
    return base::fail(Code::denied, "is not the one of this hook", "X-Gitlab-Token");
  const std::string_view id = request.header("x-gitlab-event-uuid");
  if (!id.empty()) out.names = {name_for(HookKind::gitlab, "id", id)};
  out.is_push = request.header("x-gitlab-event") == "Push Hook";
  return {};
}

Status check_time(std::string_view text, base::Instant now) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole =
      !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
  constexpr std::int64_t latest = 253'402'300'799;  // the end of the year 9999
  if (!whole || seconds < 0 || seconds > latest)
    return base::fail(Code::denied, "is no time in seconds since 1970", "webhook-timestamp");
  const base::Millis apart = now - base::Instant{seconds * 1000};
  if (apart <= longest_way && apart >= -longest_way) return {};
  return base::fail(Code::denied,
                    "is more than 5 minutes from the time here: the delivery is stale",
                    "webhook-timestamp");
}

// The form of Standard Webhooks: "v1,BASE64" over "ID.TIME.BODY", several for a change of secrets.
bool fits(std::string_view signatures, const std::string& expected) {
  bool fits = false;
  while (!signatures.empty()) {
    const std::size_t end = std::min(signatures.find(' '), signatures.size());
    fits |= net::same_secret(signatures.substr(0, end), expected);
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return fits;
}

Status check_generic(const Request& request, const std::string& secret, base::Instant now,
                     Delivery& out) {
  constexpr std::string_view encoded = "whsec_";
  const std::string_view id = request.header("webhook-id");
  const std::string_view time = request.header("webhook-timestamp");
  const std::string key = secret.starts_with(encoded)
                              ? net::from_base64(std::string_view(secret).substr(encoded.size()))
                              : secret;
  if (id.empty()) return base::fail(Code::denied, "is missing", "webhook-id");
  const std::string message = fmt::format("{}.{}.{}", id, time, request.body);
  if (key.empty() ||
      !fits(request.header("webhook-signature"), "v1," + net::hmac_sha256_base64(key, message)))
    return wrong_signature("webhook-signature");
  FRESHET_TRY(check_time(time, now));
  out.names = {name_for(HookKind::generic, "id", id)};
  out.is_push = true;
  return {};
}

Result<Push> read_push(HookKind kind, const std::string& body) {
  auto json = base::parse_json(body, "the body", most_body);
  if (!json) return base::fail(Code::parse, json.error().message, json.error().subject);
  if (!json->is_object()) return base::fail(Code::parse, "is not an object", "the body");
  if (kind == HookKind::github) return github_push(*json);
  return kind == HookKind::gitlab ? gitlab_push(*json) : generic_push(*json);
}

// What a push asks for. A file's URI has two forms, of which one is most often known.
struct Wishes {
  std::map<std::string, std::string> uris;  // to the other form
  std::set<std::string> prefixes;
  std::vector<std::string> listings;
  std::size_t sources = 0;
};

void add_source(const service::Plan& plan, std::size_t index, const Push& push, Wishes& out) {
  const sync::HookConfig& hook = *plan.config.sources[index].hook;
  bool below = !push.complete;
  for (const std::string& file : push.files) {
    for (const Escapes escapes : {Escapes::few, Escapes::most})
      if (std::string prefix = fill_in(hook.prefix, hook, file, push, escapes); !prefix.empty())
        out.prefixes.insert(std::move(prefix));
    if (std::string uri = fill_in(hook.uri, hook, file, push); !uri.empty())
      out.uris.emplace(std::move(uri), fill_in(hook.uri, hook, file, push, Escapes::most));
    below |= file.starts_with(hook.folder);
  }
  if (!below) return;
  ++out.sources;
  // What is new is found, and what has gone is seen, by a listing; so is all where nothing else
  // says what a file is.
  if (push.moved || !push.complete || (hook.uri.empty() && hook.prefix.empty()))
    out.listings.push_back(plan.sources[index].name);
}

Wishes wishes_of(const service::Plan& plan, const Push& push) {
  Wishes out;
  for (std::size_t i = 0; i < plan.sources.size(); ++i)
    if (plan.config.sources[i].hook && is_about(*plan.config.sources[i].hook, push))
      add_source(plan, i, push, out);
  return out;
}

std::string reason_for(HookKind kind, const Push& push) {
  std::string reason = fmt::format("pushed, says {}", name_of(kind));
  if (!push.branch.empty()) reason += " of " + push.branch.substr(0, most_shown);
  if (!push.commit.empty()) reason += " at " + push.commit.substr(0, 12);
  return reason;
}

// One commit: what was heard, and what it asked for. A URI that is to stay out does so.
Status write(repository::Repository& repository, const Wishes& wishes, const Delivery& delivery,
             const std::string& why, std::size_t& triggers) {
  return repository.write([&](repository::Writer& writer) -> Status {
    triggers = 0;
    FRESHET_ASSIGN(const bool heard, writer.read().was_heard(delivery.names));
    if (heard) return base::fail(Code::busy, "was taken before", "delivery");
    for (const auto& [few, most] : wishes.uris) {
      FRESHET_ASSIGN(const auto known, writer.read().root(model::root_id(most)));
      const std::string& uri = known ? most : few;
      const Status put = writer.put_trigger(uri, why);
      if (!put && put.error().code != Code::excluded) return put;
      triggers += put ? 1 : 0;
    }
    return delivery.names.empty() ? Status() : writer.hear(delivery.names);
  });
}

}  // namespace

const char* name_of(HookKind kind) {
  if (kind == HookKind::github) return "github";
  return kind == HookKind::gitlab ? "gitlab" : "generic";
}

Result<Delivery> read_delivery(HookKind kind, const Request& request, const std::string& secret,
                               base::Instant now) {
  Delivery delivery;
  if (kind == HookKind::github) FRESHET_TRY(check_github(request, secret, delivery));
  if (kind == HookKind::gitlab) FRESHET_TRY(check_gitlab(request, secret, delivery));
  if (kind == HookKind::generic) FRESHET_TRY(check_generic(request, secret, now, delivery));
  if (!delivery.is_push) return delivery;
  FRESHET_ASSIGN(delivery.push, read_push(kind, request.body));
  return delivery;
}

// Prefixes take commits of their own, before: if the process ends meanwhile, the delivery is not
// heard yet, and asking twice does no harm.
Result<Json> Hooks::act(HookKind kind, const Delivery& delivery) {
  repository::Repository& repository = *session_->repository;
  const auto plan = service_->plan();
  const Wishes wishes = delivery.is_push ? wishes_of(*plan, delivery.push) : Wishes();
  const std::string why = reason_for(kind, delivery.push);
  {
    FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
    FRESHET_ASSIGN(const bool heard, snapshot.was_heard(delivery.names));
    if (heard) return base::fail(Code::busy, "was taken before", "delivery");
  }
  std::uint64_t by_prefix = 0;
  for (const std::string& prefix : wishes.prefixes) {
    FRESHET_ASSIGN(const std::uint64_t some, sync::trigger_prefix(repository, prefix, why));
    by_prefix += some;
  }
  std::size_t triggers = 0;
  FRESHET_TRY(write(repository, wishes, delivery, why, triggers));
  for (const std::string& source : wishes.listings) FRESHET_TRY(service_->trigger(source));
  if (!delivery.is_push) return Json{{"ignored", "it tells of no push"}};
  if (wishes.sources == 0) return Json{{"ignored", "no source has a hook for what was pushed"}};
  return Json{{"sources", wishes.sources},
              {"triggers", triggers + by_prefix},
              {"listings", wishes.listings.size()}};
}

Result<Json> Hooks::take(HookKind kind, const Request& request, const std::string& secret) {
  const base::Instant now = session_->repository->clock().now();
  auto done = [&]() -> Result<Json> {
    FRESHET_ASSIGN(const Delivery delivery, read_delivery(kind, request, secret, now));
    return act(kind, delivery);
  }();
  const std::lock_guard lock(mutex_);
  Count& count = counts_[name_of(kind)];
  ++(done ? count.accepted : count.refused);
  return done;
}

Json Hooks::counts() const {
  const std::lock_guard lock(mutex_);
  Json out = Json::object();
  for (const auto& [kind, count] : counts_)
    out[kind] = {{"accepted", count.accepted}, {"refused", count.refused}};
  return out;
}

}  // namespace freshet::serve

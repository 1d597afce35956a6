#include "core/sync/refusal.hpp"

#include <fmt/format.h>

#include "core/host/redactor.hpp"

namespace freshet::sync {
namespace {

// Of all that decides what becomes of bytes before an embedder sees them. The memory for parsing is no
// part of a document's recipe, but a page may be refused for want of it.
base::Digest recipe_of_refusals(const Run& run) {
  return base::DigestBuilder()
      .add(recipe_of(run.readers.fingerprint(), run.chunking).hex())
      .add(fmt::format("memory={}", run.config.reader.memory))
      .finish();
}

}  // namespace

bool is_for_good(base::Code code) {
  switch (code) {
    case base::Code::invalid_argument:
    case base::Code::unsupported:
    case base::Code::parse:
    case base::Code::limit:
      return true;
    default:
      return false;
  }
}

base::Result<std::optional<repository::Refusal>> find_refusal(const Run& run,
                                                              const repository::Snapshot& snapshot,
                                                              const base::Digest& root) {
  std::optional<repository::Refusal> refusal;
  if (run.config.force) return refusal;
  FRESHET_ASSIGN(refusal, snapshot.refusal(root));
  if (!refusal) return refusal;
  const std::string model = run.vectors != nullptr ? run.vectors->model() : "";
  const bool same_model = refusal->model.empty() || refusal->model == model;
  if (!same_model || refusal->recipe != recipe_of_refusals(run)) refusal.reset();
  return refusal;
}

repository::Refusal refusal_of(const Run& run, const Item& item, const base::Digest& bytes_digest,
                               const std::string& version, const std::string& model,
                               const base::Error& error) {
  const base::Error clean = host::redactor().clean(error);
  repository::Refusal refusal;
  refusal.uri = item.entry.uri;
  refusal.bytes_digest = bytes_digest;
  refusal.recipe = recipe_of_refusals(run);
  refusal.model = model;
  refusal.version = version;
  refusal.since = run.now();
  refusal.code = clean.code;
  refusal.error = clean.subject == refusal.uri ? clean.message : base::to_string(clean);
  return refusal;
}

base::Error error_of(const repository::Refusal& refusal) {
  return base::make_error(refusal.code, refusal.error, refusal.uri);
}

}  // namespace freshet::sync

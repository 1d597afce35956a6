#include "core/sync/ingest.hpp"

#include "core/sync/content.hpp"
#include "core/sync/known.hpp"
#include "core/sync/schedule.hpp"

namespace freshet::sync {
namespace {

using Work = std::function<base::Status(repository::Writer&)>;

base::Status decline(repository::Repository& repository, const std::string& uri,
                     repository::Schedule ask_again, base::Instant now, const Work& first) {
  const repository::Decline decline{uri, now, std::move(ask_again), {}};
  return repository.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_TRY(first(writer));
    return writer.decline(decline);
  });
}

// Before anything is read.
base::Status refuse_excluded(const repository::Repository& repository, const std::string& uri) {
  FRESHET_ASSIGN(const repository::Snapshot snapshot, repository.read());
  return snapshot.check_included(model::root_id(uri));
}

}  // namespace

base::Result<ChunkingConfig> parse_write_options(const base::Json& options) {
  ChunkingConfig chunking;
  base::ObjectReader in(options, "");
  in.with("chunker", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(chunking, parse_chunking(value, path));
    return {};
  });
  FRESHET_TRY(in.finish());
  return chunking;
}

base::Result<repository::DocumentDiff> write_document(repository::Repository& repository,
                                                      const model::Document& document,
                                                      const Chunking& chunking, base::Instant now,
                                                      repository::Schedule ask_again,
                                                      const Work& first) {
  FRESHET_ASSIGN(const auto chunks, chunking.make(document, {}));
  repository::DocumentWrite write;
  write.document = &document;
  write.chunks = &chunks;
  write.content_digest = model::content_digest(document);
  write.fingerprint = base::digest_of(chunking.fingerprint());
  write.now = now;
  write.ask_again = std::move(ask_again);
  repository::DocumentDiff diff;
  FRESHET_TRY(repository.write([&](repository::Writer& writer) -> base::Status {
    if (first) FRESHET_TRY(first(writer));
    FRESHET_ASSIGN(diff, writer.put_document(write));
    return {};
  }));
  return diff;
}

base::Result<bool> accepts(const policy::Policy& policy, const policy::OwnedKnown& known,
                           const model::Document& document, base::Instant now) {
  return policy.accept(policy::believable(policy::view(known), now), document);
}

base::Result<std::optional<model::Document>> ingest_if_needed(const policy::PolicyPtr& policy,
                                                              repository::Repository& repository,
                                                              const ports::Reader& reader,
                                                              ports::Http& http,
                                                              const std::string& uri,
                                                              const base::Cancel& cancel) {
  FRESHET_TRY(refuse_excluded(repository, uri));
  FRESHET_ASSIGN(KnownRoot root, know(repository, uri));
  FRESHET_ASSIGN(const policy::Decision decision,
                 policy->decide(policy::view(root.known), repository.clock().now()));
  if (!decision.refresh) return std::optional<model::Document>();
  const Wishes wishes = wishes_of(*policy, root.known);
  FRESHET_ASSIGN(model::Document document, read_uri(reader, http, uri, cancel));
  if (cancel.requested()) return base::fail(base::Code::cancelled, "was read, but not stored", uri);
  if (document.uri != uri) {
    FRESHET_ASSIGN(root, know(repository, document.uri));
  }
  const base::Instant now = repository.clock().now();
  const Work first = [wishes](repository::Writer& writer) { return spend(writer, wishes); };
  FRESHET_ASSIGN(const bool accepted, accepts(*policy, root.known, document, now));
  if (!accepted) {
    FRESHET_TRY(decline(repository, document.uri, schedule(policy, when_confirmed(root, now), now),
                        now, first));
    return std::optional<model::Document>();
  }
  auto known = when_stored(root, document, model::content_digest(document), now);
  FRESHET_TRY(write_document(repository, document, {}, now, schedule(policy, std::move(known), now),
                             first));
  return std::optional(std::move(document));
}

}  // namespace freshet::sync

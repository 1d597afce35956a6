#include "core/refresh/ingest.hpp"

#include "core/refresh/content.hpp"
#include "core/refresh/known.hpp"

namespace freshet::refresh {
namespace {

// When the policy is to be asked about what was stored just now.
base::Instant ask_again_time(const policy::Policy& policy, KnownRoot known, base::Instant now) {
  known.exists = true;
  known.ingested = known.checked = known.changed = now;
  return policy.decide(known.view(), now).ask_again;
}

}  // namespace

base::Result<chunk::Chunking> parse_write_options(const base::Json& options) {
  chunk::Chunking chunking;
  base::ObjectReader in(options, "");
  in.with("chunker", [&](const base::Json& value, const std::string& path) -> base::Status {
    FRESHET_ASSIGN(chunking, chunk::parse_chunking(value, path));
    return {};
  });
  FRESHET_TRY(in.finish());
  return chunking;
}

base::Result<repository::DocumentDiff> write_document(repository::Repository& repository,
                                                      const model::Document& document,
                                                      const chunk::Chunking& chunking,
                                                      base::Instant ask_again) {
  const auto chunks = chunk::make_chunks(document, chunking.options, *chunking.transformer);
  repository::DocumentWrite write;
  write.document = &document;
  write.chunks = &chunks;
  write.content_digest = model::content_digest(document);
  write.fingerprint = base::digest_of(chunk::fingerprint(chunking.options, *chunking.transformer));
  write.now = repository.clock().now();
  write.ask_again = ask_again;
  repository::DocumentDiff diff;
  FRESHET_TRY(repository.write([&](repository::Writer& writer) -> base::Status {
    FRESHET_ASSIGN(diff, writer.put_document(write));
    return {};
  }));
  return diff;
}

base::Result<std::optional<model::Document>> ingest_if_needed(
    const policy::Policy& policy, repository::Repository& repository, const ports::Reader& reader,
    ports::Http& http, const std::string& uri, const base::Cancel& cancel) {
  FRESHET_ASSIGN(KnownRoot known, know(repository, uri));
  const base::Instant now = repository.clock().now();
  if (!policy.decide(known.view(), now).refresh) return std::optional<model::Document>();
  FRESHET_ASSIGN(model::Document document, read_uri(reader, http, uri, cancel));
  if (cancel.requested()) return base::fail(base::Code::cancelled, "was read, but not stored", uri);
  if (!policy.accept(known.view(), document)) return std::optional<model::Document>();
  FRESHET_TRY(
      write_document(repository, document, {}, ask_again_time(policy, std::move(known), now)));
  return std::optional(std::move(document));
}

}  // namespace freshet::refresh

#include "capi/ingest.hpp"

namespace freshet::capi {

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

}  // namespace freshet::capi

#include "core/sync/late_reader.hpp"

namespace freshet::sync {

base::Result<std::unique_ptr<LateReader>> LateReader::make(ports::Catalog& catalog,
                                                           const std::string& name,
                                                           const base::Json& options) {
  FRESHET_ASSIGN(std::string fingerprint, catalog.reader_fingerprint(name, options));
  return std::unique_ptr<LateReader>(
      new LateReader(catalog, name, options, std::move(fingerprint)));
}

base::Result<model::Document> LateReader::read(const ports::Content& content) const {
  const ports::Reader* reader = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (reader_ == nullptr) {
      FRESHET_ASSIGN(reader_, catalog_.open_reader(name_, options_, content.cancel));
    }
    reader = reader_.get();
  }
  return reader->read(content);
}

}  // namespace freshet::sync

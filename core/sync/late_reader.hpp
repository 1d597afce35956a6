// core/sync/late_reader.hpp - a reader that is opened when the first page comes that needs it.
//
// Most runs have nothing for the readers that come with freshet, and loading their libraries would be
// a large part of what such a run costs.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/base/json.hpp"
#include "core/ports/catalog.hpp"

namespace freshet::sync {

// Thread-safe. One that cannot be opened fails the page, and is tried again with the next.
class LateReader : public ports::Reader {
 public:
  // `options` as completed. `catalog` outlives it.
  static base::Result<std::unique_ptr<LateReader>> make(ports::Catalog& catalog,
                                                        const std::string& name,
                                                        const base::Json& options);

  base::Result<model::Document> read(const ports::Content& content) const override;
  std::string fingerprint() const override { return fingerprint_; }

 private:
  LateReader(ports::Catalog& catalog, std::string name, base::Json options, std::string fingerprint)
      : catalog_(catalog),
        name_(std::move(name)),
        options_(std::move(options)),
        fingerprint_(std::move(fingerprint)) {}

  ports::Catalog& catalog_;
  const std::string name_;
  const base::Json options_;
  const std::string fingerprint_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<ports::Reader> reader_;  // once opened, it stays
};

}  // namespace freshet::sync

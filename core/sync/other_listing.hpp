// core/sync/other_listing.hpp - what loaders have in common that list in their own way what another one fetches.
#pragma once

#include <memory>
#include <utility>

#include "core/ports/loader.hpp"

namespace freshet::sync {

class OtherListing : public ports::Loader {
 public:
  explicit OtherListing(std::unique_ptr<ports::Loader> loader) : loader_(std::move(loader)) {}

  base::Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known_version,
                                     const base::Cancel& cancel) override {
    return loader_->fetch(entry, known_version, cancel);
  }
  void prepare(std::span<const ports::Wanted> wanted, const base::Cancel& cancel) override {
    loader_->prepare(wanted, cancel);
  }
  bool prepares() const override { return loader_->prepares(); }

 protected:
  const std::unique_ptr<ports::Loader> loader_;
};

}  // namespace freshet::sync

// tests/simulation/site_loader.hpp - lists and fetches a simulated site, as the weather has it.
#pragma once

#include "core/ports/loader.hpp"
#include "tests/simulation/world.hpp"

namespace freshet::simulation {

class SiteLoader : public ports::Loader {
 public:
  SiteLoader(World& world, Site& site) : world_(world), site_(site) {}
  base::Result<ports::Listing> list(const std::string& state, const ports::ListingSink& sink,
                                    const base::Cancel& cancel) override;
  base::Result<ports::Fetched> fetch(const ports::Entry& entry, const std::string& known_version,
                                     const base::Cancel& cancel) override;

 private:
  base::Result<ports::Listing> list_whole(const ports::ListingSink& sink);
  base::Result<ports::Listing> list_changes(std::uint64_t since, const ports::ListingSink& sink);
  base::Status name(const std::string& uri, const Page& page, const ports::ListingSink& sink);
  base::Result<ports::Fetched> refuse(const std::string& uri);
  base::Result<ports::Fetched> tell_gone(const std::string& uri, bool confirmed);
  base::Result<ports::Fetched> serve(const std::string& uri, const Page& page,
                                     const std::string& known_version);
  void stop_soon();
  void check_is_due(const ports::Entry& entry);
  std::optional<base::Instant> lastmod_of(const Page& page) const;

  World& world_;
  Site& site_;
};

}  // namespace freshet::simulation

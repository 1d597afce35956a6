// cli/plan_repository.hpp - what a dry run plans against: the repository, opened for reading alone.
//
// Where there is none yet, or not this namespace of it, an empty one in the directory for temporary
// files takes its place, so that everything is new and nothing is left behind.
#pragma once

#include <freshet/freshet.hpp>
#include <optional>
#include <string>

#include "cli/config.hpp"

namespace freshet::cli {

// A new directory, private to this user; gone with its content when this ends.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class PlanRepository {
 public:
  explicit PlanRepository(const Config& config);
  Repository& get() { return *repository_; }

 private:
  std::optional<TemporaryDirectory> empty_;
  std::optional<Repository> repository_;  // closed before its directory goes
};

}  // namespace freshet::cli

#include "trace.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace freshet::bench {
namespace {

constexpr double second = 1. / 86400;

[[noreturn]] void refuse(const std::string& path, int line, const std::string& why) {
  std::cerr << path << ":" << line << ": " << why << "\n";
  std::exit(2);
}

// Sorts one event into the page; `open` is when its present life began, or negative.
void take(Page& page, char kind, double at, double& open) {
  if (kind == '-') {
    if (open >= 0 && at > open) page.lives.push_back({open, at});
    open = -1;
  } else if (open < 0) {
    open = at;
  } else {
    page.changes.push_back(at);
  }
}

}  // namespace

Trace read_trace(const std::string& path) {
  std::ifstream file(path);
  if (!file) refuse(path, 0, "cannot be read");
  Trace trace{std::filesystem::path(path).stem(), {}, 0, 1e18, 0};
  std::map<std::string, int> folders;
  std::vector<double> open;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string name, event;
    words >> name;
    Page page;
    page.folder = folders.emplace(name.substr(0, name.rfind('/')), static_cast<int>(folders.size()))
                      .first->second;
    open.push_back(-1);
    while (words >> event) {
      char* end = nullptr;
      const double at = std::strtod(event.c_str() + 1, &end) * second;
      if (*end != 0 || std::string("+~-").find(event[0]) == std::string::npos)
        refuse(path, number, "'" + event + "' is no event: +, ~ or - and seconds since 1970");
      trace.begin = std::min(trace.begin, at);
      trace.end = std::max(trace.end, at);
      take(page, event[0], at, open.back());
    }
    std::sort(page.changes.begin(), page.changes.end());
    trace.pages.push_back(std::move(page));
  }
  if (trace.pages.empty()) refuse(path, 0, "has no pages");
  for (std::size_t at = 0; at < open.size(); ++at)
    if (open[at] >= 0) trace.pages[at].lives.push_back({open[at], trace.end});
  trace.folders = static_cast<int>(folders.size());
  return trace;
}

}  // namespace freshet::bench

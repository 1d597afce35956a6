// Whatever a source is called, the text stays one that Prometheus reads.
#include "core/serve/metrics.hpp"

#include <algorithm>
#include <set>

#include "tests/support/catch.hpp"

namespace freshet::serve {
namespace {

using base::Json;

Json source(const char* name, int roots) {
  return {{"name", name}, {"roots", roots}, {"held", 0}, {"listed", "1970-01-01T00:00:10.500Z"}};
}

TEST_CASE("labels are escaped, and no series stands there twice", "[metrics]") {
  const Json status{{"roots", 3},
                    {"documents", 3},
                    {"chunks", 3},
                    {"fresh", 2},
                    {"due", 1},
                    {"failing", 0},
                    {"deliveries_pending", 0},
                    {"sources", {source("a\"b\\c\nd", 1), source("twice", 2), source("twice", 5)}}};
  const Json statistics{{"running", true},
                        {"since", "1970-01-01T00:00:01.000Z"},
                        {"under_way", 0},
                        {"waiting", 0},
                        {"workers", 4},
                        {"reloads", 0},
                        {"reload_error", nullptr},
                        {"sources", Json::array()}};
  const std::string text = metrics_text(status, statistics, {{"github", {{"accepted", 2}}}});
  CHECK(text.find("freshet_source_roots{source=\"a\\\"b\\\\c\\nd\"} 1\n") != std::string::npos);
  CHECK(text.find("freshet_source_listed_timestamp_seconds{source=\"twice\"} 10.5\n") !=
        std::string::npos);
  CHECK(text.find("freshet_source_roots{source=\"twice\"} 7\n") != std::string::npos);
  CHECK(text.find("freshet_start_time_seconds 1\n") != std::string::npos);
  CHECK(text.find("freshet_hook_deliveries_total{hook=\"github\",outcome=\"accepted\"} 2\n") !=
        std::string::npos);
  std::set<std::string> series;
  for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
    end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (!line.starts_with('#')) CHECK(series.insert(line.substr(0, line.rfind(' '))).second);
  }
}

}  // namespace
}  // namespace freshet::serve

#include "core/base/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/text.hpp"

namespace freshet::base {
namespace {

constexpr int most_depth = 64;

// Watches a parse for what nlohmann::json lets pass: depth and duplicate keys.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    using Parse = Json::parse_event_t;
    if (!problem_.empty()) return true;  // the first one is told
    if (event == Parse::key) {
      see_key(parsed.get_ref<const std::string&>());
    } else if (event == Parse::value) {
      count_element();
    } else if (event == Parse::object_start || event == Parse::array_start) {
      count_element();
      if (depth >= most_depth) tell(fmt::format("deeper than {} levels", most_depth));
      levels_.push_back({event == Parse::array_start, 0, {}, {}});
    } else if (!levels_.empty()) {
      levels_.pop_back();
    }
    return true;
  }
  const std::string& problem() const { return problem_; }

 private:
  struct Level {
    bool is_array;
    std::size_t elements;
    std::string key;
    std::set<std::string> keys;
  };

  void count_element() {
    if (!levels_.empty() && levels_.back().is_array) ++levels_.back().elements;
  }
  void see_key(const std::string& key) {
    if (levels_.empty()) return;
    levels_.back().key = key;
    if (!levels_.back().keys.insert(key).second)
      tell(fmt::format("key {} appears twice in one object", in_quotes(key)));
  }
  void tell(const std::string& what) {
    problem_ = levels_.empty() ? what : what + ", at " + place();
  }
  // As far as people read it.
  std::string place() const {
    constexpr std::size_t most = 200;
    std::string path;
    for (const Level& level : levels_) {
      if (path.size() > most) return path + "…";
      path = level.is_array ? fmt::format("{}[{}]", path, level.elements - 1)
                            : join_path(path, printable(level.key));
    }
    return path;
  }

  std::vector<Level> levels_;
  std::string problem_;
};

std::string_view kind_of(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "a boolean";
  if (value.is_number_integer()) return "a whole number";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a text";
  return value.is_array() ? "an array" : "an object";
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view what, std::size_t most_bytes) {
  if (text.size() > most_bytes)
    return fail(Code::invalid_argument, fmt::format("larger than {} MiB", most_bytes >> 20),
                std::string(what));
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(Code::invalid_argument, "begins with a byte order mark: save it as plain UTF-8",
                std::string(what));
  if (!is_utf8(text)) return fail(Code::invalid_argument, "not valid UTF-8", std::string(what));
  Watch watch;
  try {
    Json value = Json::parse(text, std::ref(watch));
    if (!watch.problem().empty())
      return fail(Code::invalid_argument, watch.problem(), std::string(what));
    return value;
  } catch (const Json::exception& problem) {
    std::string_view message = problem.what();
    // "[json.exception.parse_error.101] parse error at line 1…": the bracket says nothing to a
    // user.
    if (const auto end = message.find("] "); end != std::string_view::npos)
      message.remove_prefix(end + 2);
    // It also quotes what was read last, which may be as long as the text.
    const std::string shown = printable(message.substr(0, advance_code_points(message, 0, 200)));
    return fail(Code::invalid_argument, fmt::format("not valid JSON: {}", shown),
                std::string(what));
  }
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string join_path(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

ObjectReader::ObjectReader(const Json& object, std::string path)
    : object_(object), path_(std::move(path)) {
  if (!object_.is_object())
    status_ = fail(Code::invalid_argument, fmt::format("is {}, not an object", kind_of(object_)),
                   path_.empty() ? "options" : path_);
}

const Json* ObjectReader::find(std::string_view key) {
  known_.emplace_back(key);
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(std::string(key));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void ObjectReader::reject(std::string_view key, std::string message) {
  if (status_) status_ = fail(Code::invalid_argument, std::move(message), join_path(path_, key));
}

void ObjectReader::text(std::string_view key, std::string& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_string()) return reject(key, fmt::format("is {}, not a text", kind_of(*value)));
  out = value->get<std::string>();
}

void ObjectReader::flag(std::string_view key, bool& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_boolean())
    return reject(key, fmt::format("is {}, not true or false", kind_of(*value)));
  out = value->get<bool>();
}

void ObjectReader::integer(std::string_view key, std::int64_t& out, std::int64_t least,
                           std::int64_t most) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_number_integer())
    return reject(key, fmt::format("is {}, not a whole number", kind_of(*value)));
  const bool too_big = value->is_number_unsigned() &&
                       value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const std::int64_t number = too_big ? INT64_MAX : value->get<std::int64_t>();
  if (number < least || number > most || too_big)
    return reject(key, fmt::format("is {}, not from {} to {}", value->dump(), least, most));
  out = number;
}

void ObjectReader::number(std::string_view key, double& out, double least, double most) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_number()) return reject(key, fmt::format("is {}, not a number", kind_of(*value)));
  const double number = value->get<double>();
  if (!(number >= least && number <= most))
    return reject(key, fmt::format("is {}, not from {} to {}", value->dump(), least, most));
  out = number;
}

void ObjectReader::duration(std::string_view key, Millis& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (!value->is_string())
    return reject(key, fmt::format("is {}, not a duration such as \"90s\", \"24h\" or \"7d\"",
                                   kind_of(*value)));
  auto parsed = parse_duration(value->get_ref<const std::string&>());
  if (!parsed) return reject(key, parsed.error().message);
  out = *parsed;
}

void ObjectReader::size(std::string_view key, std::uint64_t& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  if (value->is_number_unsigned()) {
    out = value->get<std::uint64_t>();
    return;
  }
  if (value->is_number_integer())
    return reject(key, fmt::format("is {}, less than nothing", value->dump()));
  if (!value->is_string())
    return reject(key, fmt::format("is {}, not a size such as \"10MiB\"", kind_of(*value)));
  auto parsed = parse_size(value->get_ref<const std::string&>());
  if (!parsed) return reject(key, parsed.error().message);
  out = *parsed;
}

void ObjectReader::texts(std::string_view key, std::vector<std::string>& out) {
  const Json* value = find(key);
  if (value == nullptr) return;
  const bool all_texts =
      value->is_array() &&
      std::all_of(value->begin(), value->end(), [](const Json& item) { return item.is_string(); });
  if (!all_texts) return reject(key, "is not an array of texts");
  out = value->get<std::vector<std::string>>();
}

const Json* ObjectReader::value(std::string_view key) { return find(key); }

void ObjectReader::with(std::string_view key,
                        const std::function<Status(const Json&, const std::string&)>& read) {
  const Json* value = find(key);
  if (value == nullptr) return;
  Status status = read(*value, join_path(path_, key));
  if (!status && status_) status_ = std::move(status);
}

void ObjectReader::require(std::string_view key) {
  if (!object_.is_object()) return;
  const auto found = object_.find(std::string(key));
  if (found == object_.end() || found->is_null()) reject(key, "is missing");
}

Status ObjectReader::finish() {
  if (!status_) return status_;
  for (const auto& item : object_.items()) {
    if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
    const std::string near = nearest(item.key(), known_);
    return fail(Code::invalid_argument,
                near.empty() ? "is not a known key"
                             : fmt::format("is not a known key; did you mean \"{}\"?", near),
                join_path(path_, printable(item.key())));
  }
  return {};
}

}  // namespace freshet::base

#include "core/serve/push.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.hpp"

namespace freshet::serve {
namespace {

using base::Code;
using base::Json;

constexpr std::string_view branch_mark = "refs/heads/";
// Of a longer push GitHub leaves commits out.
constexpr std::size_t most_github_commits = 2'048;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

bool flag_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

bool is_nothing(const std::string& commit) {
  return commit.find_first_not_of('0') == std::string::npos;
}

void take_origins(const Json& of, std::initializer_list<const char*> keys, Push& push) {
  for (const char* key : keys)
    if (std::string url = text_of(of, key); !url.empty()) push.origins.push_back(std::move(url));
}

base::Status take_files(const Json& of, const char* key, std::vector<std::string>& files) {
  const auto found = of.find(key);
  if (found == of.end() || found->is_null()) return {};
  if (!found->is_array()) return base::fail(Code::parse, "is not an array of paths", key);
  for (const Json& file : *found) {
    if (!file.is_string()) return base::fail(Code::parse, "holds what is no path", key);
    files.push_back(file.get<std::string>());
  }
  return {};
}

// {"modified","added","removed"} of a commit; of the generic form, "files".
base::Status take_commit(const Json& commit, const char* modified, Push& push) {
  if (!commit.is_object()) return base::fail(Code::parse, "is not an object", "commits");
  FRESHET_TRY(take_files(commit, modified, push.files));
  const std::size_t before = push.files.size();
  FRESHET_TRY(take_files(commit, "added", push.files));
  FRESHET_TRY(take_files(commit, "removed", push.files));
  push.moved |= push.files.size() > before;
  return {};
}

void drop_repeated(Push& push) {
  std::sort(push.files.begin(), push.files.end());
  push.files.erase(std::unique(push.files.begin(), push.files.end()), push.files.end());
}

// What both services say alike. Returns how many commits there are.
base::Result<std::size_t> take_ref(const Json& payload, Push& push) {
  const std::string ref = text_of(payload, "ref");
  push.commit = text_of(payload, "after");
  if (ref.empty()) return base::fail(Code::parse, "is missing", "ref");
  if (push.origins.empty()) return base::fail(Code::parse, "names no URL", "repository");
  push.of_branch = ref.starts_with(branch_mark) && !is_nothing(push.commit);
  push.branch = ref.substr(ref.starts_with(branch_mark) ? branch_mark.size() : 0);
  const auto commits = payload.find("commits");
  if (commits == payload.end() || !commits->is_array())
    return base::fail(Code::parse, "is missing", "commits");
  for (const Json& commit : *commits) FRESHET_TRY(take_commit(commit, "modified", push));
  drop_repeated(push);
  return commits->size();
}

std::string percent_encoded(std::string_view path, Escapes escapes) {
  const std::string_view signs = escapes == Escapes::few ? "/-._~!$&'()*+,;=:@" : "-._~/";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       signs.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// "..", "a//b" and the like are names of no file in a repository.
bool is_path(std::string_view path) {
  if (path.empty() || !base::is_utf8(path)) return false;
  for (;;) {
    const std::size_t end = path.find('/');
    const std::string_view step = path.substr(0, end);
    if (step.empty() || step == "." || step == "..") return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

// Without what follows the last dot of the last step, unless that begins with it.
std::string_view stem_of(std::string_view path) {
  const std::size_t step = path.rfind('/') + 1;
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos || dot <= step ? path : path.substr(0, dot);
}

}  // namespace

base::Result<Push> github_push(const Json& payload) {
  Push push;
  const Json repository = payload.value("repository", Json());
  take_origins(repository, {"clone_url", "html_url", "ssh_url", "git_url"}, push);
  push.default_branch = text_of(repository, "default_branch");
  FRESHET_ASSIGN(const std::size_t commits, take_ref(payload, push));
  push.complete =
      !flag_of(payload, "forced") && !flag_of(payload, "created") && commits < most_github_commits;
  return push;
}

base::Result<Push> gitlab_push(const Json& payload) {
  Push push;
  const Json project = payload.value("project", Json());
  take_origins(project, {"git_http_url", "web_url", "git_ssh_url"}, push);
  push.default_branch = text_of(project, "default_branch");
  FRESHET_ASSIGN(const std::size_t commits, take_ref(payload, push));
  const Json total = payload.value("total_commits_count", Json());
  push.complete = !is_nothing(text_of(payload, "before")) && total == commits;
  return push;
}

base::Result<Push> generic_push(const Json& payload) {
  Push push;
  base::ObjectReader in(payload, "");
  std::string origin;
  bool complete = true;
  in.text("origin", origin);
  in.require("origin");
  in.text("branch", push.branch);
  in.text("commit", push.commit);
  in.flag("complete", complete);
  for (const char* key : {"files", "added", "removed"}) (void)in.value(key);
  if (base::Status read = in.finish(); !read)
    return base::fail(Code::parse, read.error().message, read.error().subject);
  FRESHET_TRY(take_commit(payload, "files", push));
  drop_repeated(push);
  push.origins = {origin};
  push.complete = complete;
  push.of_branch = true;
  return push;
}

std::string plain_origin(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  const std::size_t at = url.substr(0, url.find('/')).rfind('@');
  if (at != std::string_view::npos) url.remove_prefix(at + 1);
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with(".git")) url.remove_suffix(4);
  // git@host:owner/name; host:port/… stays.
  std::string out(url);
  const std::size_t colon = out.find(':');
  if (colon != std::string::npos && colon < out.find('/') && colon + 1 < out.size() &&
      (out[colon + 1] < '0' || out[colon + 1] > '9'))
    out[colon] = '/';
  const std::size_t host_end = std::min(out.find('/'), out.size());
  return base::to_lower(std::string_view(out).substr(0, host_end)) + out.substr(host_end);
}

bool is_about(const sync::HookConfig& hook, const Push& push) {
  const std::string wanted = plain_origin(hook.origin);
  if (!push.of_branch ||
      std::none_of(push.origins.begin(), push.origins.end(),
                   [&](const std::string& each) { return plain_origin(each) == wanted; }))
    return false;
  const std::string& branch = hook.branch.empty() ? push.default_branch : hook.branch;
  return branch.empty() || push.branch.empty() || push.branch == branch;
}

std::string fill_in(const std::string& text, const sync::HookConfig& hook, const std::string& file,
                    const Push& push, Escapes escapes) {
  if (!is_path(file) || !file.starts_with(hook.folder)) return {};
  const std::string_view path = std::string_view(file).substr(hook.folder.size());
  if (path.empty()) return {};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    const std::pair<std::string_view, std::string_view> words[] = {
        {"{path}", path}, {"{stem}", stem_of(path)}, {"{commit}", push.commit}};
    const auto* word = std::find_if(std::begin(words), std::end(words),
                                    [&](const auto& each) { return rest.starts_with(each.first); });
    out +=
        word == std::end(words) ? std::string(1, text[at]) : percent_encoded(word->second, escapes);
    at += word == std::end(words) ? 1 : word->first.size();
  }
  return out;
}

}  // namespace freshet::serve

#include "loader_git/mirror.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "loader_git/history.hpp"

namespace freshet::loader_git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_packs = 200;     // more make each look-up slow
constexpr std::uint64_t slack = 64 * 1024;  // of a pack around one blob

std::string directory_of(const Options& options, const Address& address) {
  const XXH128_hash_t hash = XXH3_128bits(address.remote.data(), address.remote.size());
  char name[33];
  std::snprintf(name, sizeof name, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return options.cache + "/" + name;
}

void make_directory(const std::string& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed || ::chmod(path.c_str(), 0700) != 0)
    throw sdk::failure_of_errno(failed ? failed.value() : errno, "cannot be made", path);
}

sdk::Descriptor lock_file(const std::string& path) {
  sdk::Descriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) throw sdk::failure_of_errno(errno, "cannot be opened", path);
  return file;
}

// Waits for the others, looking whether the call is cancelled.
void lock(const sdk::Call& call, const sdk::Descriptor& file, int how) {
  while (::flock(file.get(), how | LOCK_NB) != 0) {
    call.check();
    (void)::poll(nullptr, 0, 50);
  }
}

struct Size {
  std::uint64_t bytes = 0;
  std::size_t packs = 0;
};

Size size_of(const std::string& directory) {
  Size size;
  std::error_code ignored;
  for (fs::recursive_directory_iterator it(directory, ignored), end; it != end && !ignored;
       it.increment(ignored)) {
    std::error_code unknown;
    if (it->is_regular_file(unknown)) size.bytes += it->file_size(unknown);
    if (it->path().extension() == ".pack") ++size.packs;
  }
  return size;
}

// What a process that was killed while it fetched has left behind.
void clear_left(const std::string& directory) {
  std::error_code ignored;
  fs::remove(directory + "/shallow.lock", ignored);
  for (fs::directory_iterator it(directory + "/objects/pack", ignored), end; it != end && !ignored;
       it.increment(ignored))
    if (it->path().filename().string().starts_with("tmp_")) fs::remove(it->path(), ignored);
}

bool is_whole(const std::string& directory) { return fs::exists(directory + "/HEAD"); }

std::string without_newline(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::vector<std::string> fetching(std::vector<std::string> more) {
  std::vector<std::string> arguments{"fetch",
                                     "--quiet",
                                     "--no-tags",
                                     "--no-write-fetch-head",
                                     "--recurse-submodules=no",
                                     "--no-auto-maintenance",
                                     "--filter=blob:none"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

// The right to fetch into the directory, of all processes alone.
class Mirror::Lock {
 public:
  Lock(const sdk::Call& call, const std::string& directory)
      : file_(lock_file(directory + ".fetching")) {
    lock(call, file_, LOCK_EX);
    clear_left(directory);
  }

 private:
  const sdk::Descriptor file_;
};

Mirror::Mirror(const sdk::Call& call, const Options& options, const Address& address,
               const std::string& object_id)
    : options_(options), program_(call, options, address, directory_of(options, address)) {
  prepare_directory(call, object_id);
}

void Mirror::prepare_directory(const sdk::Call& call, const std::string& object_id) {
  const std::string& directory = program_.directory();
  make_directory(options_.cache);
  in_use_ = lock_file(directory + ".lock");
  const Size size = size_of(directory);
  const bool too_large = size.bytes > options_.max_cache || size.packs > most_packs;
  if ((too_large || !is_whole(directory)) && ::flock(in_use_.get(), LOCK_EX | LOCK_NB) == 0) {
    if (too_large) fs::remove_all(directory);
    if (!is_whole(directory)) {
      make_directory(directory);
      std::ofstream(directory + "/freshet.config")
          << "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n";
      program_.run(call, {.arguments = {"init", "--quiet", "--bare", "--template=",
                                        object_id.size() == 64 ? "--object-format=sha256"
                                                               : "--object-format=sha1"},
                          .at_fault = directory});
    }
  }
  lock(call, in_use_, LOCK_SH);
  if (!is_whole(directory))
    throw sdk::Failure(FRESHET_E_BUSY, "is being made by another process", directory, 1000);
}

bool Mirror::has_tree(const sdk::Call& call, const std::string& commit) const {
  return program_.succeeds(call, {.arguments = {"cat-file", "-e", commit + "^{tree}"}});
}

bool Mirror::is_here(const sdk::Call& call, const std::string& commit) const {
  return has_tree(call, commit) &&
         (options_.history < 2 || has_history(call, program_, commit, options_.history));
}

void Mirror::bring(const sdk::Call& call, const std::string& commit) {
  if (is_here(call, commit)) return;
  const Lock alone(call, program_.directory());
  if (is_here(call, commit)) return;
  const std::uint64_t depth = std::max<std::uint64_t>(1, options_.history);
  program_.run(call, {.arguments = fetching({"--depth=" + std::to_string(depth), "origin", commit}),
                      .contacts = true,
                      .max_file_bytes = options_.max_pack});
}

std::set<std::string> Mirror::missing(const sdk::Call& call,
                                      const std::set<std::string>& blobs) const {
  Run run{.arguments = {"cat-file", "--batch-check=%(objecttype)"}};
  for (const std::string& id : blobs) run.input += id + "\n";
  const std::string answer = program_.run(call, run);
  std::set<std::string> lacking;
  for (std::string_view rest = answer; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (line.ends_with(" missing")) lacking.emplace(line.substr(0, line.find(' ')));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lacking;
}

void Mirror::bring_blobs(const sdk::Call& call, const std::set<std::string>& blobs) {
  const Lock alone(call, program_.directory());
  const std::set<std::string> lacking = missing(call, blobs);
  std::vector<std::string> wanted;
  {
    const std::lock_guard guard(mutex_);
    for (const std::string& id : lacking)
      if (!failed_.contains(id)) wanted.push_back(id);
  }
  if (!wanted.empty()) fetch_blobs(call, wanted);
}

// A request that would bring too much is halved, until what is too large is alone.
void Mirror::fetch_blobs(const sdk::Call& call, const std::vector<std::string>& blobs) {
  Run run{.arguments = fetching({"--stdin", "origin"}), .contacts = true};
  run.max_file_bytes = blobs.size() == 1 ? options_.max_file_size + slack : options_.max_pack;
  for (const std::string& id : blobs) run.input += id + "\n";
  try {
    program_.run(call, run);
  } catch (const sdk::Failure& failure) {
    if (failure.status == FRESHET_E_CANCELLED) throw;
    if (failure.status != FRESHET_E_LIMIT) return fail_blobs(blobs, failure);
    if (blobs.size() == 1)
      return fail_blobs(blobs, sdk::Failure(FRESHET_E_LIMIT, "larger than max_file_size"));
    clear_left(program_.directory());
    const auto middle = blobs.begin() + static_cast<std::ptrdiff_t>(blobs.size() / 2);
    fetch_blobs(call, {blobs.begin(), middle});
    fetch_blobs(call, {middle, blobs.end()});
  }
}

void Mirror::fail_blobs(const std::vector<std::string>& blobs, const sdk::Failure& failure) {
  clear_left(program_.directory());
  const std::lock_guard guard(mutex_);
  for (const std::string& id : blobs) failed_.insert_or_assign(id, failure);
}

void Mirror::check_known(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  if (const auto found = failed_.find(id); found != failed_.end())
    throw sdk::Failure(found->second);
}

std::string Mirror::blob(const sdk::Call& call, const std::string& id) {
  check_known(id);
  if (auto bytes = read_blob(call, id)) return *std::move(bytes);
  bring_blobs(call, {id});
  check_known(id);
  if (auto bytes = read_blob(call, id)) return *std::move(bytes);
  throw sdk::Failure(FRESHET_E_REMOTE, "the repository did not give the blob " + id,
                     program_.address().remote);
}

std::string Mirror::read_line(const sdk::Call& call) {
  for (;;) {
    if (const std::size_t end = reader_->output.find('\n'); end != std::string::npos) {
      std::string line = reader_->output.substr(0, end);
      reader_->output.erase(0, end + 1);
      return line;
    }
    if (!reader_->pump(call))
      throw failure_of(reader_->errors, reader_->wait(call), program_.directory());
  }
}

// Nothing where it is not here. Git says the size of a blob before its bytes.
std::optional<std::string> Mirror::read_blob(const sdk::Call& call, const std::string& id) {
  const std::lock_guard guard(reading_);
  if (!reader_) reader_ = program_.start(call, {.arguments = {"cat-file", "--batch"}});
  try {
    reader_->renew();
    reader_->write(id + "\n");
    const std::string head = read_line(call);
    if (head.ends_with(" missing")) return std::nullopt;
    std::uint64_t size = 0;
    const std::size_t last = head.rfind(' ');
    std::from_chars(head.data() + last + 1, head.data() + head.size(), size);
    if (head.find(" blob ") == std::string::npos)
      throw sdk::Failure(FRESHET_E_REMOTE, "is no blob", id);
    if (size > options_.max_file_size)
      throw sdk::Failure(FRESHET_E_LIMIT, "larger than max_file_size");
    while (reader_->output.size() < size + 1)
      if (!reader_->pump(call))
        throw failure_of(reader_->errors, reader_->wait(call), program_.directory());
    std::string bytes = reader_->output.substr(0, size);
    reader_->output.erase(0, size + 1);
    return bytes;
  } catch (...) {
    reader_.reset();  // what it still writes is nobody's
    throw;
  }
}

std::string Mirror::date_of(const sdk::Call& call, const std::string& commit) const {
  return without_newline(program_.run(
      call, {.arguments = {"log", "-1", "--no-show-signature", "--format=%cI", commit}}));
}

namespace {

// The lines of an advertisement: an id, a tab, a name; of a symbolic ref "ref: NAME\tHEAD".
Head read_advertisement(const std::string& text, const std::string& ref) {
  std::map<std::string, std::string, std::less<>> ids;
  std::string head_ref;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::string_view left = line.substr(0, tab), name = line.substr(tab + 1);
    if (left.starts_with("ref: ") && name == "HEAD")
      head_ref = left.substr(5);
    else if (is_object_id(left))
      ids.emplace(name, left);
  }
  if (ref.empty()) {
    const auto found = ids.find("HEAD");
    return found == ids.end() ? Head() : Head{found->second, head_ref};
  }
  for (const std::string& name : {"refs/heads/" + ref, "refs/tags/" + ref, ref}) {
    if (!ids.contains(name)) continue;
    const auto peeled = ids.find(name + "^{}");  // what an annotated tag stands for
    return {peeled == ids.end() ? ids.find(name)->second : peeled->second, name};
  }
  return {};
}

}  // namespace

Head ask_head(const sdk::Call& call, const Options& options, const Address& address) {
  if (options.is_commit()) return {options.ref, {}};
  make_directory(options.cache);
  const Program program(call, options, address, options.cache);
  Run run{.arguments = {"ls-remote", "--symref", "--", address.remote},
          .contacts = true,
          .has_repository = false};
  if (options.ref.empty())
    run.arguments.emplace_back("HEAD");
  else
    for (const std::string& name : {"refs/heads/" + options.ref, "refs/tags/" + options.ref,
                                    "refs/tags/" + options.ref + "^{}", options.ref})
      run.arguments.push_back(name);
  const Head head = read_advertisement(program.run(call, run), options.ref);
  if (!head.commit.empty()) return head;
  throw sdk::Failure(FRESHET_E_NOT_FOUND,
                     options.ref.empty() ? "has no commit: it is empty, or its HEAD names no branch"
                                         : "has no branch or tag \"" + options.ref + "\"",
                     address.remote);
}

}  // namespace freshet::loader_git

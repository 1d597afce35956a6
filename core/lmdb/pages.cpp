#include "core/lmdb/pages.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>

#include "core/base/system_error.hpp"
#include "core/lmdb/format.hpp"

namespace freshet::lmdb {

using base::Code;

namespace {

constexpr std::size_t page_front = 16, node_front = 8, tree_size = 48;
constexpr std::uint32_t magic = 0xBEEFC0DE;
constexpr std::uint64_t no_page = ~std::uint64_t{0};
constexpr unsigned deepest = 32;  // LMDB's own limit
constexpr unsigned branch_flag = 1, leaf_flag = 2, overflow_flag = 4, meta_flag = 8;
constexpr unsigned big_flag = 1, sub_flag = 2, dup_flag = 4;

template <typename Number>
Number at(std::string_view page, std::size_t offset) {
  return load<Number>(page.data() + offset);
}

Tree decode_tree(std::string_view bytes) {
  Tree tree;
  tree.pad = at<std::uint32_t>(bytes, 0);
  tree.flags = at<std::uint16_t>(bytes, 4);
  tree.depth = at<std::uint16_t>(bytes, 6);
  tree.branch_pages = at<std::uint64_t>(bytes, 8);
  tree.leaf_pages = at<std::uint64_t>(bytes, 16);
  tree.overflow_pages = at<std::uint64_t>(bytes, 24);
  tree.entries = at<std::uint64_t>(bytes, 32);
  tree.root = at<std::uint64_t>(bytes, 40);
  return tree;
}

// All of it or an error; a file that ends early gives what there is.
base::Result<std::string> read_at(int file, std::uint64_t offset, std::uint64_t size,
                                  const std::string& path) {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t more =
        pread(file, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return base::fail_errno(errno, "cannot be read", path);
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

base::Result<Meta> decode_meta(std::string_view page, const std::string& path) {
  const auto wrong = [&](std::string what) {
    return base::fail(Code::corrupt, std::move(what), path);
  };
  const auto found = at<std::uint32_t>(page, page_front);
  if (found == __builtin_bswap32(magic))
    return base::fail(Code::version, "made on a machine of the other byte order", path);
  if (found != magic) return wrong("not a freshet repository: no LMDB header");
  if (const auto version = at<std::uint32_t>(page, page_front + 4); version != 1)
    return base::fail(Code::version, fmt::format("has LMDB format {}, not 1", version), path);
  if (at<std::uint16_t>(page, 10) != meta_flag)
    return wrong("damaged: header page is not marked as one");
  Meta meta;
  meta.map_size = at<std::uint64_t>(page, page_front + 16);
  meta.free = decode_tree(page.substr(page_front + 24, tree_size));
  meta.main = decode_tree(page.substr(page_front + 72, tree_size));
  meta.page_size = meta.free.pad;
  meta.last_page = at<std::uint64_t>(page, page_front + 120);
  meta.txnid = at<std::uint64_t>(page, page_front + 128);
  return meta;
}

base::Status judge(const Meta& meta, const std::string& path) {
  const auto wrong = [&](std::string what) {
    return base::fail(Code::corrupt, std::move(what), path);
  };
  const std::uint64_t size = meta.page_size;
  if (size < 512 || size > 65536 || (size & (size - 1)) != 0)
    return wrong(fmt::format("damaged: page size {}", size));
  if (size != static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)))
    return base::fail(Code::version,
                      fmt::format("made with pages of {} bytes; this machine has {}", size,
                                  sysconf(_SC_PAGESIZE)),
                      path);
  if (meta.map_size == 0 || meta.map_size > std::uint64_t{1} << 46 || meta.map_size % size != 0)
    return wrong(fmt::format("damaged: map size {}", meta.map_size));
  if (meta.last_page < 1 || meta.last_page >= meta.map_size / size)
    return wrong(
        fmt::format("damaged: last page {} of a map of {} bytes", meta.last_page, meta.map_size));
  return {};
}

}  // namespace

base::Result<Header> read_header(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0) return base::fail_errno(errno, "cannot be examined", path);
  Header header;
  header.file_size = static_cast<std::uint64_t>(status.st_size);
  FRESHET_ASSIGN(const std::string first, read_at(file, 0, 4096, path));
  if (first.size() < 4096)
    return base::fail(Code::corrupt,
                      fmt::format("truncated: {} bytes, at least 8192 needed", header.file_size),
                      path);
  FRESHET_ASSIGN(header.metas[0], decode_meta(first, path));
  FRESHET_TRY(judge(header.metas[0], path));
  FRESHET_ASSIGN(const std::string second, read_at(file, header.metas[0].page_size, 4096, path));
  if (second.size() < 4096)
    return base::fail(Code::corrupt,
                      fmt::format("truncated: {} bytes, at least {} needed", header.file_size,
                                  2 * header.metas[0].page_size),
                      path);
  FRESHET_ASSIGN(header.metas[1], decode_meta(second, path));
  FRESHET_TRY(judge(header.metas[1], path));
  return header;
}

// What is done with the records of one tree.
struct PageWalk::Visitor {
  bool numbers = false;  // the keys are native integers
  std::function<base::Status(unsigned flags, std::string_view key, std::string_view value)> record;
};

struct PageWalk::Found {
  Tree counts;
};

PageWalk::PageWalk(int file, std::string path, const Meta& meta)
    : file_(file), path_(std::move(path)), meta_(meta) {}

base::Result<bool> PageWalk::records(std::string_view database, const Visit& visit) {
  FRESHET_TRY(start());
  std::optional<Tree> wanted;
  FRESHET_TRY(tree(
      meta_.main, "main",
      {false, [&](unsigned flags, std::string_view key, std::string_view value) -> base::Status {
         if (key == database && flags == sub_flag && value.size() == tree_size)
           wanted = decode_tree(value);
         return {};
       }}));
  if (!wanted) return false;
  FRESHET_TRY(tree(*wanted, std::string(database),
                   {false, [&](unsigned, std::string_view key, std::string_view value) {
                      return visit(database, key, value);
                    }}));
  return true;
}

base::Status PageWalk::run(const Visit& visit) {
  FRESHET_TRY(start());
  const auto open = [&](unsigned flags, std::string_view key,
                        std::string_view value) -> base::Status {
    if (flags != sub_flag || value.size() != tree_size)
      return base::fail(Code::corrupt, "damaged: the list of databases holds something else",
                        path_);
    const Tree sub = decode_tree(value);
    const std::string name(key);
    return tree(
        sub, name,
        {false, [&](unsigned sub_flags, std::string_view k, std::string_view v) -> base::Status {
           if (sub_flags != 0)
             return base::fail(Code::corrupt, fmt::format("damaged: record flags in {}", name),
                               path_);
           return visit(name, k, v);
         }});
  };
  FRESHET_TRY(tree(meta_.main, "main", {false, open}));
  return tree(meta_.free, "free", {true, [&](unsigned, std::string_view, std::string_view list) {
                                     return free_pages(list);
                                   }});
}

base::Status PageWalk::tree(const Tree& tree, const std::string& name, const Visitor& visitor) {
  const unsigned expected = visitor.numbers ? 0x08 : 0;
  if (tree.flags != expected)
    return base::fail(Code::corrupt, fmt::format("damaged: {} has flags {:#x}", name, tree.flags),
                      path_);
  if (tree.root == no_page) {
    if (tree.depth == 0 && tree.entries == 0 &&
        tree.branch_pages + tree.leaf_pages + tree.overflow_pages == 0)
      return {};
    return base::fail(Code::corrupt, fmt::format("damaged: {} has records and no root", name),
                      path_);
  }
  if (tree.depth == 0 || tree.depth > deepest)
    return base::fail(Code::corrupt, fmt::format("damaged: {} is {} levels deep", name, tree.depth),
                      path_);
  Found found;
  FRESHET_TRY(page(tree.root, 1, tree, "", "", false, found, visitor));
  const Tree& seen = found.counts;
  if (seen.entries != tree.entries || seen.branch_pages != tree.branch_pages ||
      seen.leaf_pages != tree.leaf_pages || seen.overflow_pages != tree.overflow_pages)
    return base::fail(Code::corrupt,
                      fmt::format("damaged: {} claims {} records and has {}, or its pages differ",
                                  name, tree.entries, seen.entries),
                      path_);
  return {};
}

namespace {

// With its key and value, in whole pairs of bytes.
std::size_t node_size(std::string_view page, std::size_t node, bool is_leaf) {
  std::size_t size = node_front + at<std::uint16_t>(page, node + 6);
  if (is_leaf) {
    const bool big = (at<std::uint16_t>(page, node + 4) & big_flag) != 0;
    size += big ? 8 : at<std::uint32_t>(page, node);
  }
  return size + size % 2;
}

// LMDB keeps the records of a page side by side, up to its end, and moves them by that rule.
bool packed(std::vector<std::pair<std::size_t, std::size_t>>& nodes, std::size_t upper,
            std::size_t end) {
  std::sort(nodes.begin(), nodes.end());
  std::size_t expected = upper;
  for (const auto& [begin, stop] : nodes) {
    if (begin != expected) return false;
    expected = stop;
  }
  return expected == end;
}

bool before(std::string_view a, std::string_view b, bool numbers) {
  if (!numbers) return a < b;
  return load<std::uint64_t>(a.data()) < load<std::uint64_t>(b.data());
}

}  // namespace

base::Status PageWalk::page(std::uint64_t number, unsigned depth, const Tree& tree,
                            const std::string& low, const std::string& high, bool bounded,
                            Found& found, const Visitor& visitor) {
  FRESHET_TRY(claim(number, 1));
  FRESHET_ASSIGN(const std::string bytes, read(number, 1));
  const unsigned kind = at<std::uint16_t>(bytes, 10);
  const bool is_leaf = depth == tree.depth;
  if (at<std::uint64_t>(bytes, 0) != number) return damaged(number, "bears another number");
  if (kind != (is_leaf ? leaf_flag : branch_flag))
    return damaged(number, fmt::format("has kind {:#x}", kind));
  const std::size_t lower = at<std::uint16_t>(bytes, 12), upper = at<std::uint16_t>(bytes, 14);
  if (lower < page_front || lower > upper || upper > meta_.page_size || lower % 2 != 0)
    return damaged(number, "has impossible bounds");
  const std::size_t count = (lower - page_front) / 2;
  if (count < (is_leaf ? 1u : 2u)) return damaged(number, fmt::format("has {} records", count));
  ++(is_leaf ? found.counts.leaf_pages : found.counts.branch_pages);

  struct Child {
    std::string key;
    std::uint64_t page;
  };
  std::vector<std::pair<std::size_t, std::size_t>> nodes;  // begin and end of each
  std::vector<Child> children;
  std::string previous = low;
  bool ordered = bounded;  // `previous` is a bound
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t node = at<std::uint16_t>(bytes, page_front + 2 * i);
    if (node < upper || node % 2 != 0 || node + node_front > meta_.page_size)
      return damaged(number, "has a record out of bounds");
    const std::size_t key_size = at<std::uint16_t>(bytes, node + 6);
    if (node + node_front + key_size > meta_.page_size)
      return damaged(number, "has a key out of bounds");
    const std::string_view key = std::string_view(bytes).substr(node + node_front, key_size);
    nodes.emplace_back(node, node + node_size(bytes, node, is_leaf));
    const bool keyless = !is_leaf && i == 0;  // the first key of a branch is not looked at
    if (!keyless) {
      if (key_size == 0 || key_size > 511 || (visitor.numbers && key_size != 8))
        return damaged(number, fmt::format("has a key of {} bytes", key_size));
      // The lower bound itself may appear, but only first.
      const bool first = is_leaf && i == 0;
      if (ordered && (first ? before(key, previous, visitor.numbers)
                            : !before(previous, key, visitor.numbers)))
        return damaged(number, "has keys out of order");
      if (!high.empty() && !before(key, high, visitor.numbers))
        return damaged(number, "has keys out of order");
      previous.assign(key);
      ordered = true;
    }
    if (is_leaf) {
      FRESHET_TRY(leaf(bytes, node, tree, found, key, visitor));
      ++found.counts.entries;
    } else {
      const std::uint64_t child = std::uint64_t{at<std::uint16_t>(bytes, node)} |
                                  std::uint64_t{at<std::uint16_t>(bytes, node + 2)} << 16 |
                                  std::uint64_t{at<std::uint16_t>(bytes, node + 4)} << 32;
      children.push_back({keyless ? low : std::string(key), child});
    }
  }
  if (!packed(nodes, upper, meta_.page_size))
    return damaged(number, "has records with gaps or overlaps");
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool last = i + 1 == children.size();
    FRESHET_TRY(page(children[i].page, depth + 1, tree, children[i].key,
                     last ? high : children[i + 1].key, i > 0 || bounded, found, visitor));
  }
  return {};
}

base::Status PageWalk::leaf(std::string_view page, std::size_t node, const Tree&, Found& found,
                            std::string_view key, const Visitor& visitor) {
  const std::uint64_t size = std::uint64_t{at<std::uint16_t>(page, node)} |
                             std::uint64_t{at<std::uint16_t>(page, node + 2)} << 16;
  const unsigned flags = at<std::uint16_t>(page, node + 4);
  const std::size_t data = node + node_front + key.size();
  const std::uint64_t here = load<std::uint64_t>(page.data());
  if ((flags & dup_flag) != 0 || flags > (big_flag | sub_flag))
    return damaged(here, "has a record of unknown kind");
  if ((flags & big_flag) == 0) {
    if (size > meta_.page_size - data) return damaged(here, "has a value out of bounds");
    return visitor.record(flags, key, page.substr(data, size));
  }
  if (data + 8 > meta_.page_size) return damaged(here, "has a value out of bounds");
  FRESHET_ASSIGN(const std::string value, overflow(at<std::uint64_t>(page, data), size, found));
  return visitor.record(flags & ~big_flag, key, value);
}

base::Result<std::string> PageWalk::overflow(std::uint64_t number, std::uint64_t size,
                                             Found& found) {
  const std::uint64_t count = (page_front + size + meta_.page_size - 1) / meta_.page_size;
  FRESHET_TRY(claim(number, count));
  FRESHET_ASSIGN(std::string bytes, read(number, count));
  if (at<std::uint64_t>(bytes, 0) != number) return damaged(number, "bears another number");
  if (at<std::uint16_t>(bytes, 10) != overflow_flag || at<std::uint32_t>(bytes, 12) != count)
    return damaged(number, "is not the large value it should be");
  found.counts.overflow_pages += count;
  bytes.erase(0, page_front);
  bytes.resize(size);
  return bytes;
}

base::Status PageWalk::free_pages(std::string_view list) {
  const auto wrong = [&] {
    return base::fail(Code::corrupt, "damaged: the list of free pages", path_);
  };
  if (list.size() < 8) return wrong();
  const auto count = at<std::uint64_t>(list, 0);
  if (count > list.size() / 8 - 1) return wrong();
  std::uint64_t previous = no_page;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto number = at<std::uint64_t>(list, 8 * i);
    if (number >= previous) return wrong();  // kept in falling order
    FRESHET_TRY(claim(number, 1));
    previous = number;
  }
  return {};
}

base::Result<std::string> PageWalk::read(std::uint64_t number, std::uint64_t count) {
  const std::uint64_t size = count * meta_.page_size;
  FRESHET_ASSIGN(std::string bytes, read_at(file_, number * meta_.page_size, size, path_));
  if (bytes.size() == size) return bytes;
  return base::fail(
      Code::corrupt,
      fmt::format("truncated: {} bytes, {} needed", number * meta_.page_size + bytes.size(),
                  (meta_.last_page + 1) * meta_.page_size),
      path_);
}

base::Status PageWalk::start() {
  try {
    claimed_.assign(meta_.last_page + 1, false);
  } catch (const std::bad_alloc&) {
    return base::fail(Code::out_of_memory, "no memory to examine the file", path_);
  }
  return {};
}

base::Status PageWalk::claim(std::uint64_t number, std::uint64_t count) {
  if (number < 2 || number > meta_.last_page || count > meta_.last_page + 1 - number)
    return damaged(number, "is out of bounds");
  for (std::uint64_t i = number; i < number + count; ++i) {
    if (claimed_[i]) return damaged(i, "is used twice");
    claimed_[i] = true;
  }
  return {};
}

tl::unexpected<base::Error> PageWalk::damaged(std::uint64_t number, std::string what) const {
  return base::fail(Code::corrupt, fmt::format("damaged: page {} {}", number, what), path_);
}

}  // namespace freshet::lmdb

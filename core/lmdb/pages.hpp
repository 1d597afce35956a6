// core/lmdb/pages.hpp - reads an LMDB file page by page, without LMDB.
//
// LMDB trusts its file: a damaged page makes it abort, fault or loop in the host. So a file that
// was not seen to be closed by us is first walked here, where every offset is checked before it is
// followed and every page is read with pread(): whatever the bytes are, the answer is an error.
// What passes can be given to LMDB. The layout is that of LMDB 0.9, 64 bits, little-endian.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.hpp"

namespace freshet::lmdb {

struct Tree {
  std::uint32_t pad = 0;
  std::uint16_t flags = 0, depth = 0;
  std::uint64_t branch_pages = 0, leaf_pages = 0, overflow_pages = 0, entries = 0, root = 0;
};

// One of the two meta pages: a commit.
struct Meta {
  std::uint32_t page_size = 0;
  std::uint64_t map_size = 0, last_page = 0, txnid = 0;
  Tree free, main;
};

struct Header {
  Meta metas[2];
  std::uint64_t file_size = 0;
  const Meta& newest() const { return metas[metas[1].txnid > metas[0].txnid ? 1 : 0]; }
};

// Fails with corrupt, naming `path`, where the file is no LMDB file of this machine's kind.
base::Result<Header> read_header(int file, const std::string& path);

class PageWalk {
 public:
  // `value` is called for every record of every named database.
  using Visit = std::function<base::Status(std::string_view database, std::string_view key,
                                           std::string_view value)>;
  PageWalk(int file, std::string path, const Meta& meta);

  // The records of one database, by its name; reads no other. False: there is none of that name.
  base::Result<bool> records(std::string_view database, const Visit& visit);
  // Everything that the commit reaches: structure, order of keys, counts, free pages.
  base::Status run(const Visit& visit);

 private:
  struct Visitor;
  struct Found;
  base::Status tree(const Tree& tree, const std::string& name, const Visitor& visitor);
  base::Status page(std::uint64_t number, unsigned depth, const Tree& tree, const std::string& low,
                    const std::string& high, bool bounded, Found& found, const Visitor& visitor);
  base::Status leaf(std::string_view page, std::size_t node, const Tree& tree, Found& found,
                    std::string_view key, const Visitor& visitor);
  base::Result<std::string> overflow(std::uint64_t number, std::uint64_t size, Found& found);
  base::Status free_pages(std::string_view list);
  base::Result<std::string> read(std::uint64_t number, std::uint64_t count);
  base::Status start();
  base::Status claim(std::uint64_t number, std::uint64_t count);
  tl::unexpected<base::Error> damaged(std::uint64_t number, std::string what) const;

  const int file_;
  const std::string path_;
  const Meta meta_;
  std::vector<bool> claimed_;  // a page belongs to one thing: this also ends loops
};

}  // namespace freshet::lmdb

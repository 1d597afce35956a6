#include "core/host/elf.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "core/base/system_error.hpp"

namespace freshet::host {
namespace {

using base::Code;
using base::fail;
using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Dynamic = ElfW(Dyn);
using Address = std::uint64_t;

#if defined(__x86_64__)
constexpr ElfW(Half) own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr ElfW(Half) own_machine = EM_AARCH64;
#else
constexpr ElfW(Half) own_machine = EM_NONE;
#endif
constexpr unsigned char own_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char own_order =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
constexpr std::size_t most_segments = 256;
constexpr std::size_t most_dynamic_bytes = 1 << 20;
constexpr Address most_address = Address{1} << 47;
constexpr Address most_thread_local_bytes = Address{1} << 30;

// What a failed open or read says about this process, and not about the file.
base::Status cannot(int number, const std::string& path) {
  return base::fail_errno(number, "cannot be read", path);
}

// An open file of a known size.
class File {
 public:
  static base::Result<File> open(const std::string& path) {
    const int handle = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (handle < 0 && (errno == ENOENT || errno == ENOTDIR))
      return fail(Code::plugin, "the library is missing", path);
    if (handle < 0) return fail(cannot(errno, path).error());
    File file(path, handle);
    struct stat found {};
    if (::fstat(handle, &found) != 0) return fail(cannot(errno, path).error());
    if (!S_ISREG(found.st_mode)) return fail(Code::plugin, "not a regular file", path);
    file.size_ = static_cast<Address>(found.st_size);
    return file;
  }
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  File(File&& other) noexcept
      : path_(std::move(other.path_)),
        handle_(std::exchange(other.handle_, -1)),
        size_(other.size_) {}
  File& operator=(File&&) = delete;

  const std::string& path() const { return path_; }
  Address size() const { return size_; }
  bool holds(Address offset, Address bytes) const {
    return offset <= size_ && bytes <= size_ - offset;
  }
  tl::unexpected<base::Error> refuse(std::string why) const {
    return fail(Code::plugin, std::move(why), path_);
  }

  base::Status read(Address offset, void* to, std::size_t bytes) const {
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t got = ::pread(handle_, static_cast<char*>(to) + done, bytes - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return cannot(errno, path_);
      if (got == 0) return refuse("is cut short while it is read");
      done += static_cast<std::size_t>(got);
    }
    return {};
  }

 private:
  File(std::string path, int handle) : path_(std::move(path)), handle_(handle) {}
  std::string path_;
  int handle_;
  Address size_ = 0;
};

base::Result<Header> read_header(const File& file) {
  Header header{};
  if (!file.holds(0, sizeof header)) return file.refuse("not a shared library");
  FRESHET_TRY(file.read(0, &header, sizeof header));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_DYN)
    return file.refuse("not a shared library");
  if (own_machine != EM_NONE && header.e_machine != own_machine)
    return file.refuse(fmt::format("built for another machine: ELF machine {}, wanted {}",
                                   header.e_machine, own_machine));
  if (header.e_ident[EI_CLASS] != own_class || header.e_ident[EI_DATA] != own_order)
    return file.refuse("built for another machine: another word size or byte order");
  if (header.e_ident[EI_VERSION] != EV_CURRENT || header.e_version != EV_CURRENT)
    return file.refuse("damaged: its ELF version is unknown");
  return header;
}

base::Result<std::vector<Segment>> read_segments(const File& file, const Header& header) {
  if (header.e_phentsize != sizeof(Segment) || header.e_phnum == 0 ||
      header.e_phnum > most_segments || header.e_phoff % sizeof(Address) != 0)
    return file.refuse("damaged: its program headers are not laid out as they should be");
  const std::size_t bytes = std::size_t{header.e_phnum} * sizeof(Segment);
  if (!file.holds(header.e_phoff, bytes))
    return file.refuse(
        fmt::format("cut short: its program headers lie beyond its end, at byte {} of {}",
                    static_cast<Address>(header.e_phoff), file.size()));
  std::vector<Segment> segments(header.e_phnum);
  FRESHET_TRY(file.read(header.e_phoff, segments.data(), bytes));
  return segments;
}

// What is mapped, in the order of addresses.
class Mapping {
 public:
  static base::Result<Mapping> check(const File& file, const std::vector<Segment>& segments) {
    Mapping mapping(file, static_cast<Address>(::sysconf(_SC_PAGESIZE)));
    bool runs = false;
    for (const Segment& each : segments) {
      if (each.p_type != PT_LOAD) continue;
      FRESHET_TRY(mapping.check_one(each));
      mapping.loaded_.push_back(each);
      runs = runs || (each.p_flags & PF_X) != 0;
    }
    if (mapping.loaded_.empty()) return file.refuse("damaged: it has nothing to load");
    if (!runs) return file.refuse("damaged: none of its segments can be run");
    return mapping;
  }

  // The segment whose bytes from the file hold this range of memory.
  const Segment* find(Address address, Address bytes) const {
    for (const Segment& each : loaded_)
      if (address >= each.p_vaddr && address - each.p_vaddr <= each.p_filesz &&
          bytes <= each.p_filesz - (address - each.p_vaddr))
        return &each;
    return nullptr;
  }
  // The segment in which another one's bytes lie, where their offsets agree.
  const Segment* home_of(const Segment& inner, Address bytes) const {
    const Segment* outer = find(inner.p_vaddr, bytes);
    const bool agree = outer != nullptr && inner.p_offset >= outer->p_offset &&
                       inner.p_offset - outer->p_offset == inner.p_vaddr - outer->p_vaddr;
    return agree ? outer : nullptr;
  }
  // Whether a table lies where the file has bytes for it. What is made read-only after the load
  // may end with padding that the file does not have: to the end of its page, not beyond.
  bool holds(const Segment& inner) const {
    if (inner.p_filesz > inner.p_memsz) return false;
    if (inner.p_type != PT_GNU_RELRO) return home_of(inner, inner.p_filesz) != nullptr;
    const Segment* outer = home_of(inner, 0);
    return outer != nullptr && inner.p_memsz <= end_of(*outer) - inner.p_vaddr &&
           inner.p_memsz - inner.p_filesz < page_;
  }

 private:
  Mapping(const File& file, Address page) : file_(file), page_(page) {}

  base::Status check_one(const Segment& each) const {
    const Address align = each.p_align;
    if (!file_.holds(each.p_offset, each.p_filesz))
      return file_.refuse(fmt::format("cut short: it has {} bytes, and a segment of {} from {}",
                                      file_.size(), static_cast<Address>(each.p_filesz),
                                      static_cast<Address>(each.p_offset)));
    if (each.p_filesz > each.p_memsz || each.p_memsz > most_address || each.p_vaddr > most_address)
      return file_.refuse("damaged: the size of a segment cannot be true");
    if (!std::has_single_bit(align) || align % page_ != 0 ||
        (each.p_vaddr - each.p_offset) % align != 0)
      return file_.refuse("damaged: a segment is not aligned");
    if ((each.p_flags & PF_R) == 0) return file_.refuse("damaged: a segment cannot be read");
    return check_order(each);
  }

  // Segments share no page of memory and no byte of the file. They come in order of their
  // addresses, each near the one before: a hole is a segment whose header is damaged.
  base::Status check_order(const Segment& each) const {
    const Address begin = each.p_vaddr / page_ * page_;
    if (!loaded_.empty() && end_of(loaded_.back()) > begin)
      return file_.refuse("damaged: its segments lie upon each other");
    if (!loaded_.empty() && begin - end_of(loaded_.back()) > 2 * each.p_align)
      return file_.refuse("damaged: there is a hole between its segments");
    for (const Segment& other : loaded_)
      if (each.p_offset < other.p_offset + other.p_filesz &&
          other.p_offset < each.p_offset + each.p_filesz)
        return file_.refuse("damaged: two segments have the same bytes");
    return {};
  }
  Address end_of(const Segment& each) const {
    return (each.p_vaddr + each.p_memsz + page_ - 1) / page_ * page_;
  }

  const File& file_;
  Address page_;
  std::vector<Segment> loaded_;
};

// What else the loader or the unwinder reads, writes or protects where a header says.
base::Status check_inner(const File& file, const std::vector<Segment>& segments,
                         const Mapping& mapping) {
  for (const Segment& each : segments) {
    const bool inner = each.p_type == PT_NOTE || each.p_type == PT_GNU_PROPERTY ||
                       each.p_type == PT_GNU_EH_FRAME || each.p_type == PT_GNU_RELRO ||
                       each.p_type == PT_TLS;
    if (!inner) continue;
    if (!mapping.holds(each) || (each.p_type == PT_TLS && each.p_memsz > most_thread_local_bytes))
      return file.refuse("damaged: one of its tables lies outside of its segments");
  }
  return {};
}

base::Result<std::map<std::int64_t, Address>> read_dynamic(const File& file,
                                                           const std::vector<Segment>& segments,
                                                           const Mapping& mapping) {
  const Segment* dynamic = nullptr;
  for (const Segment& each : segments) {
    if (each.p_type != PT_DYNAMIC) continue;
    if (dynamic != nullptr) return file.refuse("damaged: it has two dynamic sections");
    dynamic = &each;
  }
  if (dynamic == nullptr) return file.refuse("not a shared library: it has no dynamic section");
  const Segment* home = mapping.home_of(*dynamic, dynamic->p_filesz);
  if (home == nullptr || (home->p_flags & PF_W) == 0 || dynamic->p_filesz > most_dynamic_bytes ||
      dynamic->p_filesz % sizeof(Dynamic) != 0 || dynamic->p_vaddr % sizeof(Address) != 0)
    return file.refuse("damaged: its dynamic section lies outside of its segments");
  std::vector<Dynamic> entries(dynamic->p_filesz / sizeof(Dynamic));
  FRESHET_TRY(file.read(dynamic->p_offset, entries.data(), dynamic->p_filesz));
  std::map<std::int64_t, Address> found;
  for (const Dynamic& each : entries) {
    if (each.d_tag == DT_NULL) return found;
    found[each.d_tag] = each.d_un.d_val;
  }
  return file.refuse("damaged: its dynamic section has no end");
}

// A table that the loader reads: the tag of its address, and the tag of its size, if it has one.
struct Table {
  std::int64_t address, size;
};
constexpr Table tables[] = {
    {DT_STRTAB, DT_STRSZ},
    {DT_RELA, DT_RELASZ},
    {DT_REL, DT_RELSZ},
    {DT_JMPREL, DT_PLTRELSZ},
    {DT_INIT_ARRAY, DT_INIT_ARRAYSZ},
    {DT_FINI_ARRAY, DT_FINI_ARRAYSZ},
    {DT_SYMTAB, DT_NULL},
    {DT_HASH, DT_NULL},
    {DT_GNU_HASH, DT_NULL},
    {DT_VERSYM, DT_NULL},
    {DT_VERNEED, DT_NULL},
    {DT_VERDEF, DT_NULL},
    {DT_INIT, DT_NULL},
    {DT_FINI, DT_NULL},
};

base::Status check_tables(const File& file, const std::map<std::int64_t, Address>& dynamic,
                          const Mapping& mapping) {
  for (const Table& each : tables) {
    const auto address = dynamic.find(each.address);
    if (address == dynamic.end()) continue;
    const auto size = dynamic.find(each.size);
    if (mapping.find(address->second, size == dynamic.end() ? 1 : size->second) == nullptr)
      return file.refuse(
          fmt::format("damaged: the table {} lies outside of its segments", each.address));
  }
  if (!dynamic.contains(DT_STRTAB) || !dynamic.contains(DT_SYMTAB))
    return file.refuse("damaged: it has no table of symbols");
  return {};
}

}  // namespace

base::Status check_elf(const std::string& path) {
  FRESHET_ASSIGN(const File file, File::open(path));
  FRESHET_ASSIGN(const Header header, read_header(file));
  FRESHET_ASSIGN(const std::vector<Segment> segments, read_segments(file, header));
  FRESHET_ASSIGN(const Mapping mapping, Mapping::check(file, segments));
  FRESHET_TRY(check_inner(file, segments, mapping));
  FRESHET_ASSIGN(const auto dynamic, read_dynamic(file, segments, mapping));
  return check_tables(file, dynamic, mapping);
}

}  // namespace freshet::host

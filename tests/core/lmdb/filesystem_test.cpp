#include "core/lmdb/filesystem.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace freshet::lmdb::test {

TEST_CASE("file systems shared between machines are known by their kind") {
  CHECK(network_filesystem(0x6969) == std::string("nfs"));
  CHECK(network_filesystem(0x01021997) == std::string("9p"));
  CHECK(network_filesystem(0x65735546) == std::string("fuse or virtiofs"));
  CHECK(network_filesystem(static_cast<int>(0xFF534D42)) == std::string("cifs"));
  for (const long local : {0xEF53L, 0x01021994L, 0x58465342L, 0x9123683EL, 0x794C7630L})
    CHECK(network_filesystem(local) == nullptr);
}

}  // namespace freshet::lmdb::test

#include "core/lmdb/filesystem.hpp"

namespace freshet::lmdb {

const char* network_filesystem(long kind) {
  switch (static_cast<unsigned long>(kind) & 0xFFFFFFFFu) {
    case 0x6969:
      return "nfs";
    case 0x01021997:
      return "9p";
    case 0x65735546:
      return "fuse or virtiofs";
    case 0xFF534D42:
    case 0xFE534D42:
    case 0x517B:
      return "cifs";
    case 0x00C36400:
      return "ceph";
    case 0x5346414F:
    case 0x6B414653:
      return "afs";
    case 0x0BD00BD0:
      return "lustre";
    default:
      return nullptr;
  }
}

}  // namespace freshet::lmdb

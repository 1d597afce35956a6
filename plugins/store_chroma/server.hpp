// store_chroma/server.hpp - a Chroma server of our own, for who names none.
//
// It keeps its data in a folder, and one server at a time may do so: it holds a lock on the folder as long
// as it runs. Whoever finds the lock free starts it, on a port of 127.0.0.1 that the machine chooses, and
// ends it when done; whoever finds it held uses the server that is there. It ends with the process that
// has started it, also where that is killed; whoever is left without it starts it again.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <freshet/sdk/call.hpp>

namespace store_chroma {

namespace sdk = freshet::sdk;

// Thread-safe.
class OwnServer {
 public:
  // The one of this process for that folder. `program`: a path, or a name to look for in PATH.
  static std::shared_ptr<OwnServer> of(const std::string& program, const std::string& folder);

  ~OwnServer();
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  // Where it answers; started where it does not run. Throws FRESHET_E_UNSUPPORTED where there is no such
  // program, FRESHET_E_TIMEOUT where it does not answer within `patience_ms`.
  std::string url(const sdk::Call& call, std::int64_t patience_ms);
  // It did not answer at `url`: the next url() looks again.
  void lost(const std::string& url);

 private:
  OwnServer(std::string program, std::string folder);
  bool start(const sdk::Call& call, std::int64_t patience_ms);
  void end();
  std::string file(const char* name) const { return folder_ + "/" + name; }

  const std::string program_, folder_;
  std::mutex mutex_;
  int port_ = 0;        // 0: not known
  int process_ = 0;     // that we have started; 0: none
  int life_line_ = -1;  // it ends when this is closed
};

}  // namespace store_chroma

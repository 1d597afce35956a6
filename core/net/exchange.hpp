// core/net/exchange.hpp - one request of the client's user, through its redirects and attempts, as
// a state machine: it says what to send, is told what came, and says what is next. No I/O, no
// threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/cancel.hpp"
#include "core/net/options.hpp"
#include "core/net/transfer.hpp"
#include "core/net/url.hpp"
#include "core/ports/http.hpp"

namespace freshet::net {

enum class Next { done, redirect, retry };

class Exchange {
 public:
  // All are borrowed for its life.
  Exchange(const ports::HttpRequest& request, const base::Cancel& cancel,
           const ClientOptions& options);

  // Reads the URL, method and headers. Fails with invalid_argument.
  base::Status begin();

  // Narrower than the client's: robots.txt is read up to a size, and redirected less often.
  void restrict(int max_redirects, std::uint64_t take_first);

  const ports::HttpRequest& request() const { return request_; }
  const Url& url() const { return url_; }
  bool cancelled() const { return cancel_.requested(); }
  bool may_private() const { return may_private_; }

  Hop hop() const;

  // `elapsed`: how long the transfer took; `draw`: a random number in [0, 1).
  Next advance(Outcome outcome, base::Millis elapsed, base::Instant now, double draw);

  base::Millis wait() const { return wait_; }  // before the retry

  // What the server asked for in this outcome, to be kept by everyone who asks that host.
  std::optional<base::Millis> hold() const { return hold_; }

  // Ends it with an error of the driver's; the subject is the URL where there is none.
  void end(base::Error error);
  base::Result<ports::HttpResponse> take_result();

 private:
  void set_url(Url url);
  bool has_header(std::string_view name) const;
  Next finish(base::Error error);
  Next answer(Reply reply);
  Next on_status(Reply reply, bool sent, base::Instant now, double draw);
  Next again(base::Error error, bool may, double draw);
  Next follow(Reply reply);
  std::optional<base::Error> check_redirect(const Url& to) const;
  void change_method(int status);
  void leave_origin();
  std::string chain(const Url& last) const;
  void read_hold(const Reply& reply, base::Instant now);

  const ports::HttpRequest& request_;
  const base::Cancel& cancel_;
  const ClientOptions& options_;
  int max_redirects_;
  std::uint64_t take_first_ = 0;

  Url url_;
  bool may_private_ = false;
  std::string method_;
  std::vector<ports::HttpHeader> headers_;
  bool with_body_ = true;
  bool signed_ = true;  // where the request has a key
  std::vector<Url> visited_;
  int redirects_ = 0;
  bool permanent_ = true;
  int attempt_ = 1;
  base::Millis spent_{0};  // of this attempt, on the wire
  base::Millis used_{0};   // by all of them, and the waits between them
  base::Millis wait_{0};
  std::optional<base::Millis> hold_;
  std::optional<base::Result<ports::HttpResponse>> result_;
};

}  // namespace freshet::net

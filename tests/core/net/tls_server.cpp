#ifdef FRESHET_TEST_TLS

#include "tests/core/net/tls_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace freshet::net::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

struct Identity {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Identity make_identity(const std::string& name, bool authority, bool expired,
                       const Identity* issuer) {
  Identity made{Owned<EVP_PKEY>(EVP_EC_gen("P-256")), Owned<X509>(X509_new())};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  static std::atomic<long> serial{::time(nullptr)};
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -20 * 86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), expired ? -10 * 86400 : 10 * 86400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* signer = issuer != nullptr ? issuer->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  X509_set_pubkey(certificate, made.key.get());
  add_extension(certificate, signer, NID_basic_constraints,
                authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!authority) add_extension(certificate, signer, NID_subject_alt_name, "DNS:" + name);
  X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
  return made;
}

// A certificate authority for this program, and its file.
class Authority {
 public:
  Authority() : identity(make_identity("test authority", true, false, nullptr)) {
    char name[] = "/tmp/freshet-test-ca-XXXXXX";
    std::FILE* out = fdopen(mkstemp(name), "w");
    if (out == nullptr) std::abort();
    PEM_write_X509(out, identity.certificate.get());
    std::fclose(out);
    file = name;
  }
  ~Authority() { std::remove(file.c_str()); }
  Identity identity;
  std::string file;
};

const Authority& authority() {
  static const Authority one;
  return one;
}

}  // namespace

const std::string& ca_file() { return authority().file; }

struct TlsServer::Context {
  Owned<SSL_CTX> ssl;
};

TlsServer::TlsServer(TlsOptions options)
    : options_(std::move(options)), context_(std::make_unique<Context>()) {
  const Certificate& wanted = options_.certificate;
  const Identity identity = make_identity(wanted.host, false, wanted.expired,
                                          wanted.self_signed ? nullptr : &authority().identity);
  context_->ssl.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* ssl = context_->ssl.get();
  SSL_CTX_set_security_level(ssl, 0);
  SSL_CTX_set_min_proto_version(ssl, TLS1_VERSION);
  if (options_.highest_version != 0) SSL_CTX_set_max_proto_version(ssl, options_.highest_version);
  SSL_CTX_use_certificate(ssl, identity.certificate.get());
  SSL_CTX_use_PrivateKey(ssl, identity.key.get());

  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 16) != 0)
    std::abort();
  socklen_t size = sizeof address;
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TlsServer::~TlsServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

std::string TlsServer::origin() const { return fmt::format("https://localhost:{}", port_); }

void TlsServer::run() {
  sigset_t pipe;  // OpenSSL writes with write()
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(fd)) serve(fd);
}

void TlsServer::serve(int fd) {
  const Owned<SSL> ssl(SSL_new(context_->ssl.get()));
  SSL_set_fd(ssl.get(), fd);
  if (SSL_accept(ssl.get()) != 1) return;
  char request[16384];
  if (SSL_read(ssl.get(), request, sizeof request) <= 0) return;
  ++answered_;
  SSL_write(ssl.get(), options_.response.data(), static_cast<int>(options_.response.size()));
  if (options_.close_notify) SSL_shutdown(ssl.get());
}

}  // namespace freshet::net::test

#endif

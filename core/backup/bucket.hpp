// core/backup/bucket.hpp - a backup in a bucket of S3, or of a server that speaks like it.
#pragma once

#include <memory>
#include <string>

#include "core/backup/place.hpp"
#include "core/ports/http.hpp"

namespace freshet::backup {

struct BucketOptions {
  std::string endpoint;  // "https://minio.example.org:9000"; empty: Amazon's, of the region
  std::string region = "us-east-1";
  std::string key_id, secret, session_token;  // the texts themselves
  base::Millis patience{3'600'000};
};

// Whether `target` is "s3://…".
bool is_bucket(const std::string& target);

// What a bucket would be refused for before anybody asks for it; `name` is the thing at fault.
base::Status check_bucket(const std::string& target, const std::string& name);
base::Status check_region(const std::string& region, const std::string& name);
base::Status check_endpoint(const std::string& endpoint, const std::string& name);

// Fails with invalid_argument where `target` is no "s3://BUCKET/PREFIX". `http` is borrowed.
base::Result<std::unique_ptr<Place>> open_bucket(const std::string& target, BucketOptions options,
                                                 ports::Http& http);

}  // namespace freshet::backup

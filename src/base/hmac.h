// HMAC-SHA-256 with one key for many texts: the key is prepared once, which costs more than the text does. For a single
// text there is hmac_sha256 in digest.h.
//
//   HmacKey key(signing_key);
//   std::string signature = key.of(string_to_sign).hex();
//
// One thread at a time. Source: RFC 2104, by OpenSSL 3.
#pragma once

#include <memory>
#include <string_view>

#include "base/digest.h"

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace setpoint::base {

class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  Digest of(std::string_view data);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

}  // namespace setpoint::base

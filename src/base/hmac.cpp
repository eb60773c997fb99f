#include "base/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

namespace setpoint::base {

namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return algorithm;
}

}  // namespace

void HmacKey::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

HmacKey::HmacKey(std::string_view key) : context_(EVP_MAC_CTX_new(hmac_algorithm())) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  // An empty key is a key; OpenSSL takes a null one for "the same as before".
  const unsigned char* bytes = bytes_of(key.empty() ? std::string_view("", 0) : key);
  SETPOINT_ASSERT(context_ && EVP_MAC_init(context_.get(), bytes, key.size(), parameters) == 1);
}

Digest HmacKey::of(std::string_view data) {
  Digest out;
  std::size_t length = 0;
  SETPOINT_ASSERT(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1 &&
                  EVP_MAC_update(context_.get(), bytes_of(data), data.size()) == 1 &&
                  EVP_MAC_final(context_.get(), out.bytes.data(), &length, out.bytes.size()) == 1 &&
                  length == out.bytes.size());
  return out;
}

Digest hmac_sha256(std::string_view key, std::string_view data) { return HmacKey(key).of(data); }

}  // namespace setpoint::base

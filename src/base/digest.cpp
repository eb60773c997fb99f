#include "base/digest.h"

#include <openssl/evp.h>

#include <vector>

namespace setpoint::base {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Fetched once: EVP_sha256() looks the algorithm up again at each use in OpenSSL 3.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// Kept: to make one costs about what hashing a short text does.
EVP_MD_CTX* context_of_thread() {
  struct Owner {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    ~Owner() { EVP_MD_CTX_free(context); }
  };
  thread_local Owner owner;
  return owner.context;
}

}  // namespace

std::string Digest::hex() const { return to_hex(view()); }

Digest sha256(std::string_view data) {
  EVP_MD_CTX* context = context_of_thread();
  Digest out;
  SETPOINT_ASSERT(EVP_DigestInit_ex(context, sha256_algorithm(), nullptr) == 1 &&
                  EVP_DigestUpdate(context, data.data(), data.size()) == 1 &&
                  EVP_DigestFinal_ex(context, out.bytes.data(), nullptr) == 1);
  return out;
}

Result<Digest> parse_digest(std::string_view hex) {
  Digest out;
  if (hex.size() != out.bytes.size() * 2) return fail(ErrorCode::invalid_input, "a digest has 64 hexadecimal digits");
  for (std::size_t i = 0; i < out.bytes.size(); ++i) {
    int high = hex_value(hex[2 * i]);
    int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::invalid_input, "a digest has 64 hexadecimal digits");
    out.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(bytes.size() * 2, '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = kDigits[byte >> 4];
    out[2 * i + 1] = kDigits[byte & 15];
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

Result<std::string> from_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) return fail(ErrorCode::invalid_input, "not base64");
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

}  // namespace setpoint::base

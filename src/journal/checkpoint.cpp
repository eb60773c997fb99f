#include "journal/checkpoint.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "journal/limits.h"

namespace setpoint::journal {

using base::ErrorCode;
using base::fail;
using base::Json;

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::string_view kSignedPrefix = "setpoint-journal-checkpoint-v1\n";

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

base::Result<std::string> raw_public_key(EVP_PKEY* key) {
  std::string out(kKeyBytes, '\0');
  std::size_t size = out.size();
  bool ok = EVP_PKEY_id(key) == EVP_PKEY_ED25519 &&
            EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size) == 1 &&
            size == kKeyBytes;
  if (!ok) return fail(ErrorCode::corrupted, "is not an Ed25519 key");
  return out;
}

base::Result<std::string> unhex(std::string_view hex, std::size_t bytes) {
  std::string out;
  bool ok = hex.size() == 2 * bytes && bytes % kKeyBytes == 0;
  for (std::size_t at = 0; ok && at < hex.size(); at += 2 * kKeyBytes) {
    auto part = base::parse_digest(hex.substr(at, 2 * kKeyBytes));
    ok = part.has_value();
    if (ok) out += part->view();
  }
  if (!ok) return fail(ErrorCode::invalid_input, "must be {} hexadecimal digits", 2 * bytes);
  return out;
}

Json fields(const Checkpoint& checkpoint) {
  return {{"hash", checkpoint.hash.hex()}, {"seq", checkpoint.seq}, {"time", base::to_iso8601(checkpoint.time)}};
}

base::Result<Checkpoint> read_fields(const Json& json) {
  Checkpoint out;
  TRY(out.hash, base::parse_digest(base::string_member(json, "hash")));
  TRY(out.time, base::parse_iso8601(base::string_member(json, "time")));
  const Json& seq = base::member(json, "seq");
  if (!seq.is_number_integer() || seq < 0) return fail(ErrorCode::invalid_input, "the checkpoint has no 'seq'");
  out.seq = seq.get<std::uint64_t>();
  return out;
}

std::string new_private_pem(base::Random& random) {
  std::string seed = random.bytes(kKeyBytes);
  Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()), EVP_PKEY_free);
  Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  SETPOINT_ASSERT(key && bio &&
                  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(bio.get());
}

// link() does not overwrite: of two processes that come first, one key stays and both read that one.
base::Status create_key_file(const std::string& path, base::Random& random) {
  std::string temporary = fmt::format("{}.{}", path, base::new_id(random, "new"));
  TRY_VOID(base::write_file_durably(temporary, new_private_pem(random), 0600));
  int linked = ::link(temporary.c_str(), path.c_str());
  int error = errno;
  ::unlink(temporary.c_str());
  if (linked == 0 || error == EEXIST) return {};
  return fail(
      {ErrorCode::unavailable, fmt::format("cannot store the journal's key: {}", std::strerror(error)), path, {}, {}});
}

base::Status check_private(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || (info.st_mode & 077) == 0) return {};
  return fail(
      {ErrorCode::access_denied, "the journal's signing key can be read by others", path, "chmod 600 " + path, {}});
}

}  // namespace

std::string Checkpoint::signed_bytes() const { return std::string(kSignedPrefix) + base::canonical(fields(*this)); }

std::string SignedCheckpoint::text() const {
  Json out = {{"checkpoint", fields(checkpoint)}, {"key", base::to_hex(key)}, {"signature", base::to_hex(signature)}};
  return base::canonical(out) + "\n";
}

base::Result<SignedCheckpoint> parse_checkpoint(std::string_view text) {
  TRY(Json json, base::parse_json(text, {.bytes_max = kCheckpointFileBytesMax, .depth_max = 8}));
  SignedCheckpoint out;
  TRY(out.checkpoint, read_fields(base::member(json, "checkpoint")));
  TRY(out.key, unhex(base::string_member(json, "key"), kKeyBytes));
  TRY(out.signature, unhex(base::string_member(json, "signature"), kSignatureBytes));
  return out;
}

base::Result<std::string> parse_public_key(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  if (!text.starts_with("-----BEGIN")) return unhex(text, kKeyBytes);
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  Pkey key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!key) return fail(ErrorCode::invalid_input, "is not a public key in PEM form");
  return raw_public_key(key.get());
}

std::string public_key_pem(std::string_view public_key) {
  Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
           EVP_PKEY_free);
  Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  SETPOINT_ASSERT(key && bio && PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1);
  return text_of(bio.get());
}

base::Status check_signature(const SignedCheckpoint& signed_checkpoint, std::string_view public_key) {
  Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
           EVP_PKEY_free);
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string bytes = signed_checkpoint.checkpoint.signed_bytes();
  const std::string& signature = signed_checkpoint.signature;
  bool ok = key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
            EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes), bytes.size()) == 1;
  if (ok) return {};
  return fail(ErrorCode::corrupted, "the checkpoint of entry {} is not signed by the key {}",
              signed_checkpoint.checkpoint.seq, base::to_hex(public_key));
}

base::Result<SigningKey> SigningKey::load(const std::string& path) {
  TRY_VOID(check_private(path));
  TRY(std::string pem, base::read_file(path, kKeyFileBytesMax));
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  // A password callback that has none: an encrypted key is an error, not a prompt.
  auto no_password = [](char*, int, int, void*) { return -1; };
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), EVP_PKEY_free);
  auto public_key = key ? raw_public_key(key.get()) : fail(ErrorCode::corrupted, "is not a private key in PEM form");
  if (!public_key)
    return fail({ErrorCode::corrupted, public_key.error().message, path, "restore the file from a backup", {}});
  return SigningKey(std::move(key), *public_key);
}

base::Result<SigningKey> SigningKey::load_or_create(const std::string& path, base::Random& random) {
  if (::access(path.c_str(), F_OK) != 0) TRY_VOID(create_key_file(path, random));
  return load(path);
}

SignedCheckpoint SigningKey::sign(const Checkpoint& checkpoint) const {
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string bytes = checkpoint.signed_bytes();
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  auto* key = static_cast<EVP_PKEY*>(key_.get());
  SETPOINT_ASSERT(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
                  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                 bytes_of(bytes), bytes.size()) == 1);
  return {checkpoint, signature, public_key_};
}

}  // namespace setpoint::journal

// A checkpoint says, under an Ed25519 signature: at this time the journal's last entry was number `seq` with hash
// `hash`. Kept away from the journal (a mail, another machine, a ticket), it shows a cut or rewritten journal that is
// consistent in itself.
//
//   TRY(SigningKey key, SigningKey::load_or_create(home + "/journal.key", random));
//   TRY(Head head, journal.head());
//   SignedCheckpoint signed = key.sign({head.seq, head.hash, clock.now()});
//   write(signed.text());                        // one line of JSON
//   ...
//   TRY(SignedCheckpoint read, parse_checkpoint(text));
//   TRY_VOID(check_signature(read, public_key)); // the key that the reader trusts, not the one that came along
//
// The signature is over "setpoint-journal-checkpoint-v1\n" and the canonical JSON of {"hash","seq","time"}. Source: RFC
// 8032 by OpenSSL 3; keys are PEM files as `openssl genpkey -algorithm ed25519` makes them, so a stranger can use
// openssl instead.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/random.h"

namespace setpoint::journal {

struct Checkpoint {
  std::uint64_t seq = 0;
  base::Digest hash;
  base::Timestamp time;
  bool operator==(const Checkpoint&) const = default;
  std::string signed_bytes() const;
};

struct SignedCheckpoint {
  Checkpoint checkpoint;
  std::string signature;     // 64 bytes
  std::string key;           // the public key's 32 bytes: which key it was, never why to trust it
  std::string text() const;  // one line of JSON, newline-terminated
};
base::Result<SignedCheckpoint> parse_checkpoint(std::string_view text);

// A public key: its PEM text, or 64 hexadecimal digits. Returns the 32 bytes.
base::Result<std::string> parse_public_key(std::string_view text);
std::string public_key_pem(std::string_view key);

// ErrorCode::corrupted where the signature is not that key's over this checkpoint.
base::Status check_signature(const SignedCheckpoint& signed_checkpoint, std::string_view public_key);

// Holds the private key in memory. Movable, thread-safe once made.
class SigningKey {
 public:
  // Makes the key file (mode 0600) on first use; of two processes that come first, both get the one that was stored.
  // Refused: a key file that others may read (access_denied), that is no Ed25519 key (corrupted).
  static base::Result<SigningKey> load_or_create(const std::string& path, base::Random& random);
  SignedCheckpoint sign(const Checkpoint& checkpoint) const;
  const std::string& public_key() const { return public_key_; }

 private:
  SigningKey(std::shared_ptr<void> key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}
  static base::Result<SigningKey> load(const std::string& path);

  std::shared_ptr<void> key_;  // EVP_PKEY
  std::string public_key_;
};

}  // namespace setpoint::journal

// One entry of the journal: who did or saw what, to which subject, when; and the hash of the entry before it. The bytes
// are canonical JSON with exactly seven members; the hash is the SHA-256 of those bytes. docs/journal-format.md is the
// law here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

namespace setpoint::journal {

// What a caller wants recorded.
struct EntryDraft {
  std::string kind;     // "call.intent", "approval.given": dotted, lower case; docs/journal-format.md lists ours
  std::string actor;    // the identity that acts: "user:ada", "automation:close-open-ssh"
  std::string subject;  // what it is about, found again by find(): a finding's, plan's or run's id, a resource key
  base::Json body = base::Json::object();
};

struct Entry {
  std::uint64_t seq = 0;
  base::Timestamp time;
  std::string kind;
  std::string actor;
  std::string subject;
  base::Json body;
  base::Digest prev;
  base::Digest hash;
};

// Draft with its body already in canonical bytes: the costly half of encoding, done before the writer is held.
struct PreparedEntry {
  std::string kind, actor, subject, body;
};

// Refused: an empty kind; a field longer than journal/limits.h; a body beyond base::kJournalEntryBytesMax.
base::Result<PreparedEntry> prepare(const EntryDraft& draft);
// The exact bytes of the entry.
std::string encode(const PreparedEntry& entry, std::uint64_t seq, base::Timestamp time, const base::Digest& prev);
// Bytes back to the entry, hash computed. Refused (corrupted): other members than the seven, or of another type.
base::Result<Entry> decode(std::string_view bytes);

}  // namespace setpoint::journal

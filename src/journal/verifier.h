// The C++ verifier of the chain. tools/journal_verify.py is the independent one, written from docs/journal-format.md
// alone; both make the same checks in the same order, so they name the same entry and the same problem.
//
//   ChainVerifier chain;
//   if (std::optional<Fault> fault = chain.feed(hash, bytes)) report(*fault);
//
// What a chain alone cannot show is a missing end: whoever can write the file can cut it or write all of it anew.
// Against a checkpoint (journal/checkpoint.h) that was kept elsewhere, both show.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "journal/checkpoint.h"
#include "journal/entry.h"

namespace setpoint::journal {

// The first bad entry and what is wrong with it. `code` is stable: malformed-line, hash-mismatch, malformed-entry,
// sequence, chain, truncated, checkpoint-mismatch, checkpoint-signature.
struct Fault {
  std::uint64_t seq = 0;  // the number that the entry at this place must have
  std::string code;
  std::string text;  // one sentence for people
  bool operator==(const Fault&) const = default;
};

struct VerifyReport {
  std::uint64_t entries = 0;  // that checked, before the first fault
  base::Digest head;          // hash of the last of them
  std::optional<Fault> fault;
  bool ok() const { return !fault.has_value(); }
  base::Json json() const;
};

class ChainVerifier {
 public:
  // `checkpoint` must have passed check_signature() already.
  explicit ChainVerifier(std::optional<Checkpoint> checkpoint = std::nullopt) : checkpoint_(checkpoint) {}

  // The next entry, with the hash that was stored beside it. After a fault the verifier stays at that fault.
  std::optional<Fault> feed(const base::Digest& stored_hash, std::string_view bytes);
  // As feed(), with the row number that a table stored beside it.
  std::optional<Fault> feed_row(std::uint64_t stored_seq, const base::Digest& stored_hash, std::string_view bytes);
  // A line of an export, without its newline.
  std::optional<Fault> feed_line(std::string_view line);
  std::optional<Fault> fail_at_next(std::string code, std::string text);
  VerifyReport finish();

 private:
  std::optional<Fault> check_entry(std::string_view bytes);

  std::optional<Checkpoint> checkpoint_;
  VerifyReport report_;
};

// Lines of an export, bounded: `<64 hex digits> <entry bytes>\n`.
class ExportReader {
 public:
  explicit ExportReader(std::istream& in) : in_(in) {}
  // The next line without its newline; nullopt at the end. Refused: a line without an end, a line beyond the limit.
  base::Result<std::optional<std::string>> next();

 private:
  std::istream& in_;
};

struct ExportLine {
  base::Digest hash;
  std::string_view bytes;  // into the line
};
std::optional<ExportLine> split_line(std::string_view line);

// Reads to the end or the first fault.
VerifyReport verify_export(std::istream& in, const std::optional<Checkpoint>& checkpoint = std::nullopt);

}  // namespace setpoint::journal

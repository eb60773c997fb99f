#include "journal/verifier.h"

namespace setpoint::journal {

using base::ErrorCode;
using base::fail;

namespace {

constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kLineBytesMax = base::kJournalEntryBytesMax + kHashDigits + 1;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

base::Json VerifyReport::json() const {
  base::Json out = {{"ok", ok()}, {"entries", entries}, {"head", head.hex()}};
  if (fault) out["fault"] = {{"seq", fault->seq}, {"code", fault->code}, {"text", fault->text}};
  return out;
}

std::optional<Fault> ChainVerifier::fail_at_next(std::string code, std::string text) {
  if (!report_.fault) report_.fault = Fault{report_.entries + 1, std::move(code), std::move(text)};
  return report_.fault;
}

std::optional<Fault> ChainVerifier::check_entry(std::string_view bytes) {
  auto entry = decode(bytes);
  if (!entry) return fail_at_next("malformed-entry", entry.error().message);
  std::uint64_t expected = report_.entries + 1;
  if (entry->seq != expected) {
    return fail_at_next("sequence", fmt::format("entry {} stands where entry {} must be", entry->seq, expected));
  }
  if (entry->prev != report_.head) {
    return fail_at_next("chain", fmt::format("its 'prev' is not the hash of entry {}", report_.entries));
  }
  return std::nullopt;
}

std::optional<Fault> ChainVerifier::feed(const base::Digest& stored_hash, std::string_view bytes) {
  if (report_.fault) return report_.fault;
  if (base::sha256(bytes) != stored_hash)
    return fail_at_next("hash-mismatch", "its bytes do not have the hash that stands beside them");
  if (auto fault = check_entry(bytes)) return fault;
  ++report_.entries;
  report_.head = stored_hash;
  if (checkpoint_ && checkpoint_->seq == report_.entries && checkpoint_->hash != stored_hash) {
    --report_.entries;
    return fail_at_next("checkpoint-mismatch", "its hash is not the one that the checkpoint was signed for");
  }
  return std::nullopt;
}

std::optional<Fault> ChainVerifier::feed_row(std::uint64_t stored_seq, const base::Digest& stored_hash,
                                             std::string_view bytes) {
  if (report_.fault) return report_.fault;
  std::uint64_t expected = report_.entries + 1;
  if (stored_seq != expected) {
    return fail_at_next("sequence", fmt::format("row {} stands where row {} must be", stored_seq, expected));
  }
  return feed(stored_hash, bytes);
}

std::optional<ExportLine> split_line(std::string_view line) {
  if (line.size() <= kHashDigits || line[kHashDigits] != ' ' || !is_lower_hex(line.substr(0, kHashDigits)))
    return std::nullopt;
  auto hash = base::parse_digest(line.substr(0, kHashDigits));
  if (!hash) return std::nullopt;
  return ExportLine{*hash, line.substr(kHashDigits + 1)};
}

std::optional<Fault> ChainVerifier::feed_line(std::string_view line) {
  auto parts = split_line(line);
  if (!parts) return fail_at_next("malformed-line", "the line is not 64 hexadecimal digits, a space and an entry");
  return feed(parts->hash, parts->bytes);
}

VerifyReport ChainVerifier::finish() {
  if (!report_.fault && checkpoint_ && checkpoint_->seq > report_.entries) {
    fail_at_next("truncated", fmt::format("the journal ends at entry {}, the checkpoint was signed at entry {}",
                                          report_.entries, checkpoint_->seq));
  }
  return report_;
}

base::Result<std::optional<std::string>> ExportReader::next() {
  std::string line;
  std::streambuf* bytes = in_.rdbuf();
  for (int c = bytes->sbumpc(); c != std::char_traits<char>::eof(); c = bytes->sbumpc()) {
    if (c == '\n') return std::optional(std::move(line));
    if (line.size() >= kLineBytesMax)
      return fail(ErrorCode::limit_exceeded, "the line is longer than {} bytes", kLineBytesMax);
    line.push_back(static_cast<char>(c));
  }
  if (!line.empty()) return fail(ErrorCode::corrupted, "the line has no end");
  return std::optional<std::string>();
}

VerifyReport verify_export(std::istream& in, const std::optional<Checkpoint>& checkpoint) {
  ChainVerifier chain(checkpoint);
  ExportReader reader(in);
  while (true) {
    auto line = reader.next();
    if (!line) chain.fail_at_next("malformed-line", line.error().message);
    if (!line || !line->has_value() || chain.feed_line(**line)) return chain.finish();
  }
}

}  // namespace setpoint::journal

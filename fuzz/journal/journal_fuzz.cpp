// An export, a checkpoint, a public key from outside: no input may crash, hang or be taken for what it is not.
#include <sstream>

#include "journal/verifier.h"

namespace {

using namespace setpoint;

// What decodes must say the same after being written again.
void check_entry(std::string_view bytes) {
  auto entry = journal::decode(bytes);
  if (!entry) return;
  auto prepared = journal::prepare({entry->kind, entry->actor, entry->subject, entry->body});
  if (!prepared) return;
  auto again = journal::decode(journal::encode(*prepared, entry->seq, entry->time, entry->prev));
  SETPOINT_ASSERT(again.has_value());
  SETPOINT_ASSERT(again->body == entry->body && again->subject == entry->subject && again->seq == entry->seq);
}

void check_export(const std::string& text) {
  std::istringstream in(text);
  journal::VerifyReport report = journal::verify_export(in);
  auto lines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  SETPOINT_ASSERT(report.entries <= lines);
  SETPOINT_ASSERT(!report.ok() || report.entries == lines);
}

void check_checkpoint(std::string_view text) {
  auto parsed = journal::parse_checkpoint(text);
  if (!parsed) return;
  (void)journal::check_signature(*parsed, parsed->key);
  auto again = journal::parse_checkpoint(parsed->text());
  SETPOINT_ASSERT(again.has_value() && again->checkpoint == parsed->checkpoint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  check_export(text);
  check_entry(text);
  // The fuzzer cannot find hashes: the same bytes as a line with the right one.
  check_export(base::sha256(text).hex() + " " + text + "\n");
  check_checkpoint(text);
  (void)journal::parse_public_key(text);
  return 0;
}

#include "journal/entry.h"

#include "journal/limits.h"

namespace setpoint::journal {

using base::ErrorCode;
using base::fail;
using base::Json;

namespace {

// Room for the six small members, quotes and commas included.
constexpr std::size_t kEnvelopeBytes = 6 * (kKindBytesMax + kActorBytesMax + kSubjectBytesMax) + 256;

base::Status check_length(std::string_view name, const std::string& value, std::size_t bytes_max) {
  if (value.size() <= bytes_max) return {};
  return fail(ErrorCode::limit_exceeded, "the journal entry's {} has {} bytes, {} are allowed", name, value.size(),
              bytes_max);
}

base::Error malformed(std::string what) { return {ErrorCode::corrupted, "the entry " + std::move(what), {}, {}, {}}; }

base::Status take_text(const Json& object, const char* name, std::string& out) {
  const Json& value = base::member(object, name);
  if (!value.is_string()) return fail(malformed(fmt::format("has no text '{}'", name)));
  out = value.get<std::string>();
  return {};
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

base::Status take_prev(const Json& object, base::Digest& out) {
  std::string text;
  TRY_VOID(take_text(object, "prev", text));
  auto digest = base::parse_digest(text);
  if (!digest || !is_lower_hex(text)) return fail(malformed("has a 'prev' that is not 64 hexadecimal digits"));
  out = *digest;
  return {};
}

base::Status take_time(const Json& object, base::Timestamp& out) {
  std::string text;
  TRY_VOID(take_text(object, "time", text));
  auto time = base::parse_iso8601(text);
  if (!time || base::to_iso8601(*time) != text)
    return fail(malformed("has a 'time' that is not like 2026-01-31T23:59:59.000Z"));
  out = *time;
  return {};
}

bool is_count(const Json& value) { return value.is_number_integer() && value >= 0; }

base::Status check_shape(const Json& object) {
  if (!object.is_object()) return fail(malformed("is not a JSON object"));
  if (object.size() != 7 || !object.contains("body")) return fail(malformed("does not have exactly the seven members"));
  if (!is_count(base::member(object, "seq"))) return fail(malformed("has a 'seq' that is not a whole number"));
  return {};
}

}  // namespace

base::Result<PreparedEntry> prepare(const EntryDraft& draft) {
  if (draft.kind.empty()) return fail(ErrorCode::invalid_input, "a journal entry needs a kind");
  TRY_VOID(check_length("kind", draft.kind, kKindBytesMax));
  TRY_VOID(check_length("actor", draft.actor, kActorBytesMax));
  TRY_VOID(check_length("subject", draft.subject, kSubjectBytesMax));
  // An entry that could be written and not read back would break the chain for every verifier.
  if (base::deeper_than(draft.body, kEntryDepthMax - 1)) {
    return fail(ErrorCode::limit_exceeded, "the journal entry's body is nested deeper than {} levels",
                kEntryDepthMax - 1);
  }
  PreparedEntry out{base::canonical(draft.kind), base::canonical(draft.actor), base::canonical(draft.subject),
                    base::canonical(draft.body)};
  TRY_VOID(check_length("body", out.body, base::kJournalEntryBytesMax - kEnvelopeBytes));
  return out;
}

std::string encode(const PreparedEntry& entry, std::uint64_t seq, base::Timestamp time, const base::Digest& prev) {
  return fmt::format(R"({{"actor":{},"body":{},"kind":{},"prev":"{}","seq":{},"subject":{},"time":"{}"}})", entry.actor,
                     entry.body, entry.kind, prev.hex(), seq, entry.subject, base::to_iso8601(time));
}

base::Result<Entry> decode(std::string_view bytes) {
  auto parsed = base::parse_json(bytes, {.bytes_max = base::kJournalEntryBytesMax, .depth_max = kEntryDepthMax + 1});
  if (!parsed) return fail(malformed("is not JSON: " + parsed.error().message));
  if (base::deeper_than(*parsed, kEntryDepthMax)) return fail(malformed("is nested too deep"));
  TRY_VOID(check_shape(*parsed));
  Entry out;
  out.seq = (*parsed)["seq"].get<std::uint64_t>();
  TRY_VOID(take_text(*parsed, "kind", out.kind));
  TRY_VOID(take_text(*parsed, "actor", out.actor));
  TRY_VOID(take_text(*parsed, "subject", out.subject));
  TRY_VOID(take_time(*parsed, out.time));
  TRY_VOID(take_prev(*parsed, out.prev));
  out.body = std::move((*parsed)["body"]);
  out.hash = base::sha256(bytes);
  return out;
}

}  // namespace setpoint::journal

#include "guard/unknown.h"

#include <algorithm>

#include "guard/value.h"

namespace setpoint::guard {

namespace {

constexpr std::string_view kOpen = "\xEE\x80\x80";   // U+E000
constexpr std::string_view kClose = "\xEE\x80\x81";  // U+E001
constexpr std::string_view kPresence = "?!t";        // by Presence

}  // namespace

std::string unknown_text(Presence presence, std::string_view why) {
  std::string out(kOpen);
  out += kPresence[static_cast<std::size_t>(presence)];
  out += why;
  return out.append(kClose);
}

bool has_mark(std::string_view text) { return text.find(kOpen) != text.npos; }

Presence presence_of(std::string_view marked) {
  std::size_t open = marked.find(kOpen);
  std::size_t close = marked.find(kClose);
  if (open == marked.npos || open + kOpen.size() >= marked.size()) return Presence::perhaps;
  // Text beside a mark is there for sure.
  if (open > 0 || (close != marked.npos && close + kClose.size() < marked.size())) return Presence::filled;
  std::size_t at = kPresence.find(marked[open + kOpen.size()]);
  return at == kPresence.npos ? Presence::perhaps : static_cast<Presence>(at);
}

std::string without_marks(std::string_view marked) {
  std::string out;
  while (true) {
    std::size_t open = marked.find(kOpen);
    out += marked.substr(0, open);
    if (open == marked.npos) return out;
    marked.remove_prefix(std::min(marked.size(), open + kOpen.size() + 1));
    std::size_t close = marked.find(kClose);
    out += "${" + std::string(marked.substr(0, close)) + "}";
    if (close == marked.npos) return out;
    marked.remove_prefix(close + kClose.size());
  }
}

bool mark_unknowns(Value& value) {
  bool any = false;
  if (value.kind == Kind::text && has_mark(value.string())) {
    value.kind = Kind::unknown;
    return true;
  }
  if (value.kind == Kind::list) {
    for (std::uint32_t i = 0; i < value.size; ++i) any = mark_unknowns(value.items[i]) || any;
  } else if (value.kind == Kind::map) {
    for (std::uint32_t i = 0; i < value.size; ++i) any = mark_unknowns(value.members[i].value) || any;
  }
  return any;
}

bool holds_unknown(const Value& value) {
  if (value.kind == Kind::unknown) return true;
  if (value.kind == Kind::list) return std::any_of(value.list().begin(), value.list().end(), holds_unknown);
  if (value.kind != Kind::map) return false;
  return std::any_of(value.map().begin(), value.map().end(),
                     [](const Member& member) { return holds_unknown(member.value); });
}

}  // namespace setpoint::guard

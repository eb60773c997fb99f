#include "pattern/wildcard.h"

#include <cstring>

namespace setpoint::pattern {

namespace {

bool is_escape(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && (text[at + 1] == '*' || text[at + 1] == '\\');
}

}  // namespace

bool Wildcard::parse(std::string_view text, WildcardFault& fault) {
  text_ = text;
  pieces_.assign(1, {});
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      if (i + 1 < text.size() && text[i + 1] == '*') {
        fault = {i, "consecutive wildcard characters",
                 "one * already stands for any run of characters; write \\* for a star"};
        return false;
      }
      pieces_.emplace_back();
    } else if (text[i] == '\\' && !is_escape(text, i)) {
      fault = {i, "invalid escape in a wildcard",
               "only \\* and \\\\ are escapes (in JSON text: \"\\\\*\" and \"\\\\\\\\\")"};
      return false;
    } else {
      pieces_.back() += text[i] == '\\' ? text[++i] : text[i];
    }
  }
  return true;
}

bool Wildcard::matches(std::string_view value) const {
  if (literal()) return value == head();
  if (value.size() < head().size() + tail().size() || !value.starts_with(head()) || !value.ends_with(tail()))
    return false;
  value = value.substr(head().size(), value.size() - head().size() - tail().size());
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const void* found = memmem(value.data(), value.size(), pieces_[i].data(), pieces_[i].size());
    if (!found) return false;
    value.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - value.data()) + pieces_[i].size());
  }
  return true;
}

}  // namespace setpoint::pattern

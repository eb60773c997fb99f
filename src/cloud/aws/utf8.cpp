#include "cloud/aws/utf8.h"

#include <simdjson.h>

namespace setpoint::cloud::aws {

bool valid_utf8(std::string_view text) { return text.empty() || simdjson::validate_utf8(text); }

std::string header_utf8(std::string_view value) {
  if (valid_utf8(value)) return std::string(value);
  std::string out;
  for (char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back(static_cast<char>(0xc0 | byte >> 6));
      out.push_back(static_cast<char>(0x80 | (byte & 0x3f)));
    }
  }
  return out;
}

}  // namespace setpoint::cloud::aws

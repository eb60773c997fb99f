#include "cloud/http.h"

#include <algorithm>

namespace setpoint::cloud {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

void set_header(Headers& headers, std::string_view name, std::string value) {
  for (auto& [key, present] : headers) {
    if (!equal_ignoring_case(key, name)) continue;
    present = std::move(value);
    return;
  }
  headers.emplace_back(name, std::move(value));
}

}  // namespace setpoint::cloud

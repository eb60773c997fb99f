#include "twin/unread_parameters.h"

#include <algorithm>

namespace setpoint::twin {

namespace {

// Sorted.
constexpr std::string_view kWithoutEffect[] = {
    "ChecksumAlgorithm", "ChecksumCRC32", "ChecksumCRC32C",   "ChecksumMode", "ChecksumSHA1", "ChecksumSHA256",
    "ContentLength",     "ContentMD5",    "CreatorRequestId", "DryRun",       "EncodingType", "Limit",
    "MaxItems",          "MaxKeys",       "MaxRecords",       "MaxResults",   "PresignedUrl", "RequestPayer"};

bool is_token(std::string_view name) {
  auto ends = [&](std::string_view tail) { return name.ends_with(tail); };
  return ends("lientToken") || ends("lientRequestToken") || ends("dempotencyToken");
}

bool has_effect(const std::string& name) {
  std::string capital = name;
  if (!capital.empty()) capital[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(capital[0])));
  return !is_token(name) && !std::binary_search(std::begin(kWithoutEffect), std::end(kWithoutEffect), capital);
}

}  // namespace

std::vector<std::string> ineffective_parameters(const Request& request) {
  std::vector<std::string> out = request.unread();
  std::erase_if(out, [](const std::string& name) { return !has_effect(name); });
  return out;
}

}  // namespace setpoint::twin

#include "cloud/aws/sigv4.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/hmac.h"
#include "cloud/aws/sigv4_parts.h"
#include "cloud/aws/uri.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

namespace {

constexpr std::size_t kCanonicalBytesExpected = 512;

// RFC 3986 section 5.2.4, and AWS's own: empty segments go too.
std::string normalised_path(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    at = end + 1;
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (std::string_view segment : kept) out.append("/").append(segment);
  if (out.empty() || (path.ends_with('/') && !kept.empty())) out += "/";
  return out;
}

std::string canonical_path(const std::string& path, bool s3) {
  if (path.empty() || path == "/") return "/";
  if (s3) return path;  // encoded once, as it stands in the request: %2F is not a slash
  return percent_encode(normalised_path(path), "/");
}

std::string canonical_query(std::string_view query, bool skip_signature) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (auto& [name, value] : parse_query(query, false)) {
    if (skip_signature && name == "X-Amz-Signature") continue;
    pairs.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

void append_trimmed(std::string& out, std::string_view value) {
  bool space = false;
  bool any = false;
  for (char c : value) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      space = any;
      continue;
    }
    if (space) out.push_back(' ');
    out.push_back(c);
    space = false;
    any = true;
  }
}

// `lowered` is lower case already.
bool same_name(std::string_view name, std::string_view lowered) {
  return std::equal(name.begin(), name.end(), lowered.begin(), lowered.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
}

void append_header(std::string& out, const HttpRequest& request, const std::string& name) {
  out.append(name).push_back(':');
  const std::size_t start = out.size();
  bool found = false;
  for (const auto& [key, value] : request.headers) {
    if (!same_name(key, name)) continue;
    if (found) out.push_back(',');
    found = true;
    append_trimmed(out, value);
  }
  if (out.size() == start && name == "host") out.append(request.host);
  out.push_back('\n');
}

// What proxies change on the way is not signed.
bool is_signed_header(std::string_view name) {
  return name != "expect" && name != "user-agent" && name != "x-amzn-trace-id" && name != "authorization" &&
         name != "connection";
}

std::vector<std::string> headers_to_sign(const HttpRequest& request) {
  std::vector<std::string> names;
  names.reserve(request.headers.size() + 1);
  names.emplace_back("host");
  for (const auto& [name, value] : request.headers) {
    std::string key = lower(name);
    if (is_signed_header(key)) names.push_back(std::move(key));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

struct DerivedKey {
  std::string secret, date, region, service;
  base::HmacKey key;
};

base::HmacKey derive(std::string_view secret, std::string_view date, std::string_view region,
                     std::string_view service) {
  base::Digest key = base::hmac_sha256("AWS4" + std::string(secret), date);
  for (std::string_view part : {region, service, std::string_view("aws4_request")})
    key = base::hmac_sha256(key.view(), part);
  return base::HmacKey(key.view());
}

// The key changes once a day; a process uses few at a time.
base::HmacKey& signing_key(std::string_view secret, std::string_view date, std::string_view region,
                           std::string_view service) {
  constexpr std::size_t kKept = 8;
  thread_local std::vector<DerivedKey> kept;
  thread_local std::size_t next = 0;
  for (DerivedKey& k : kept) {
    if (k.date == date && k.service == service && k.region == region && k.secret == secret) return k.key;
  }
  DerivedKey fresh{std::string(secret), std::string(date), std::string(region), std::string(service),
                   derive(secret, date, region, service)};
  if (kept.size() < kKept) return kept.emplace_back(std::move(fresh)).key;
  DerivedKey& slot = kept[next++ % kKept];
  slot = std::move(fresh);
  return slot.key;
}

}  // namespace

std::string canonical_request(const CanonicalInput& input) {
  std::string out;
  out.reserve(kCanonicalBytesExpected);
  out.append(input.request.method).append("\n").append(canonical_path(input.request.path, input.s3)).append("\n");
  if (!input.request.query.empty()) out.append(canonical_query(input.request.query, input.skip_signature));
  out.push_back('\n');
  for (const std::string& name : input.signed_headers) append_header(out, input.request, name);
  out.append("\n").append(join_headers(input.signed_headers)).append("\n").append(input.payload_hash);
  return out;
}

std::string join_headers(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ";").append(name);
  return out;
}

std::string credential_scope_text(std::string_view date, std::string_view region, std::string_view service) {
  return joined({date, "/", region, "/", service, "/aws4_request"});
}

std::string string_to_sign(std::string_view amz_date, std::string_view scope, std::string_view canonical) {
  return joined({kSigV4Algorithm, "\n", amz_date, "\n", scope, "\n", base::sha256(canonical).hex()});
}

std::string signature_of(std::string_view secret, std::string_view date, std::string_view region,
                         std::string_view service, std::string_view to_sign) {
  return signing_key(secret, date, region, service).of(to_sign).hex();
}

void sign(HttpRequest& request, const SigningContext& context) {
  const std::string amz_date = basic_iso8601(context.now);
  const std::string_view date = std::string_view(amz_date).substr(0, 8);
  const bool s3 = context.service == "s3";
  const std::string hash = context.unsigned_payload ? std::string(kUnsignedPayload) : base::sha256(request.body).hex();
  set_header(request.headers, "X-Amz-Date", amz_date);
  if (context.credentials.session_token.empty()) {
    std::erase_if(request.headers, [](const auto& h) { return same_name(h.first, "x-amz-security-token"); });
  } else {
    set_header(request.headers, "X-Amz-Security-Token", context.credentials.session_token.reveal());
  }
  if (s3 || context.unsigned_payload) set_header(request.headers, "X-Amz-Content-SHA256", hash);
  const std::vector<std::string> names = headers_to_sign(request);
  const std::string scope = credential_scope_text(date, context.region, context.service);
  const std::string canonical =
      canonical_request({.request = request, .signed_headers = names, .payload_hash = hash, .s3 = s3});
  const std::string signature = signature_of(context.credentials.secret_key.reveal(), date, context.region,
                                             context.service, string_to_sign(amz_date, scope, canonical));
  set_header(request.headers, "Authorization",
             joined({kSigV4Algorithm, " Credential=", context.credentials.access_key, "/", scope,
                     ", SignedHeaders=", join_headers(names), ", Signature=", signature}));
}

}  // namespace setpoint::cloud::aws

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>

#include "cloud/aws/limits.h"
#include "cloud/aws/sigv4.h"
#include "cloud/aws/sigv4_parts.h"
#include "cloud/aws/uri.h"
#include "cloud/aws/wire_time.h"

namespace setpoint::cloud::aws {

namespace {

enum class Refusal {
  missing,
  incomplete,
  unknown_key,
  wrong_token,
  expired_token,
  mismatch,
  skewed,
  expired_presign,
  payload
};

// AWS's own codes: the same fault is called differently by its front ends.
struct Names {
  std::string_view code;
  int status;
};
Names names_of(Refusal refusal, const ServiceMetadata& service, Protocol protocol) {
  const bool s3 = service.signing_name == "s3";
  const bool ec2 = protocol == Protocol::ec2;
  const bool json = protocol == Protocol::json || protocol == Protocol::rest_json;
  switch (refusal) {
    case Refusal::missing:
      return s3     ? Names{"AccessDenied", 403}
             : json ? Names{"MissingAuthenticationTokenException", 403}
                    : Names{"MissingAuthenticationToken", 403};
    case Refusal::incomplete:
      return s3     ? Names{"AuthorizationHeaderMalformed", 400}
             : json ? Names{"IncompleteSignatureException", 400}
                    : Names{"IncompleteSignature", 400};
    case Refusal::unknown_key:
      return s3     ? Names{"InvalidAccessKeyId", 403}
             : ec2  ? Names{"AuthFailure", 401}
             : json ? Names{"UnrecognizedClientException", 403}
                    : Names{"InvalidClientTokenId", 403};
    case Refusal::wrong_token:
      return s3     ? Names{"InvalidToken", 400}
             : ec2  ? Names{"AuthFailure", 401}
             : json ? Names{"UnrecognizedClientException", 403}
                    : Names{"InvalidClientTokenId", 403};
    case Refusal::expired_token:
      return s3     ? Names{"ExpiredToken", 400}
             : ec2  ? Names{"RequestExpired", 400}
             : json ? Names{"ExpiredTokenException", 403}
                    : Names{"ExpiredToken", 403};
    case Refusal::mismatch:
      return s3     ? Names{"SignatureDoesNotMatch", 403}
             : ec2  ? Names{"AuthFailure", 401}
             : json ? Names{"InvalidSignatureException", 403}
                    : Names{"SignatureDoesNotMatch", 403};
    case Refusal::skewed:
      return s3     ? Names{"RequestTimeTooSkewed", 403}
             : ec2  ? Names{"RequestExpired", 400}
             : json ? Names{"InvalidSignatureException", 403}
                    : Names{"SignatureDoesNotMatch", 403};
    case Refusal::expired_presign:
      return s3 ? Names{"AccessDenied", 403} : Names{"RequestExpired", 400};
    case Refusal::payload:
      return {"XAmzContentSHA256Mismatch", 400};
  }
  return {"AccessDenied", 403};
}

struct Presented {
  CredentialScope scope;
  std::vector<std::string> signed_headers;
  std::string signature;
  std::string amz_date;
  std::string token;
  std::int64_t expires_seconds = 0;
  bool presigned = false;
};

std::string_view field(std::string_view authorization, std::string_view name) {
  const std::string key = std::string(name) + "=";
  const std::size_t at = authorization.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = authorization.substr(at + key.size());
  return rest.substr(0, rest.find_first_of(", "));
}

std::vector<std::string> split_headers(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(';'));
    if (!name.empty()) names.push_back(lower(name));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Presented from_header(const HttpRequest& request, std::string_view authorization) {
  Presented p;
  p.scope = parse_credential(field(authorization, "Credential"));
  p.signed_headers = split_headers(field(authorization, "SignedHeaders"));
  p.signature = field(authorization, "Signature");
  p.amz_date = header(request.headers, "X-Amz-Date");
  if (p.amz_date.empty()) {
    // Older clients sign the Date header alone.
    if (auto date = parse_wire_time(header(request.headers, "Date"))) p.amz_date = basic_iso8601(*date);
  }
  p.token = header(request.headers, "X-Amz-Security-Token");
  return p;
}

Presented from_query(const QueryParameters& query) {
  Presented p;
  p.presigned = true;
  for (const auto& [name, value] : query) {
    if (name == "X-Amz-Credential") p.scope = parse_credential(value);
    if (name == "X-Amz-SignedHeaders") p.signed_headers = split_headers(value);
    if (name == "X-Amz-Signature") p.signature = value;
    if (name == "X-Amz-Date") p.amz_date = value;
    if (name == "X-Amz-Security-Token") p.token = value;
    if (name == "X-Amz-Expires") std::from_chars(value.data(), value.data() + value.size(), p.expires_seconds);
  }
  return p;
}

class Verifier {
 public:
  Verifier(const HttpRequest& request, const ServiceMetadata& service, Protocol protocol, base::Timestamp now)
      : request_(request), service_(service), protocol_(protocol), now_(now) {}

  tl::expected<VerifiedCaller, ServiceError> verify(const KeyLookup& lookup) const {
    auto presented = present();
    if (!presented) return tl::unexpected(presented.error());
    const auto signed_at = parse_basic_iso8601(presented->amz_date);
    if (!complete(*presented) || !signed_at)
      return refuse(Refusal::incomplete,
                    "Authorization header requires 'Credential', 'SignedHeaders' with 'host', 'Signature' and a date");
    if (auto unsigned_header = first_unsigned(*presented); !unsigned_header.empty()) {
      return refuse(Refusal::mismatch,
                    "There were headers present in the request which were not signed: " + unsigned_header);
    }
    if (presented->amz_date.substr(0, 8) != presented->scope.date)
      return refuse(Refusal::incomplete, "Date in Credential scope does not match the date of the request");
    if (auto late = check_time(*presented, *signed_at)) return tl::unexpected(*late);
    auto entry = lookup(presented->scope.access_key);
    if (!entry) return refuse(Refusal::unknown_key, "The security token included in the request is invalid.");
    if (auto wrong = check_token(*presented, *entry)) return tl::unexpected(*wrong);
    std::string hash;
    if (auto wrong = payload_hash(*presented, hash)) return tl::unexpected(*wrong);
    if (!signature_matches(*presented, *entry, hash)) {
      return refuse(Refusal::mismatch,
                    "The request signature we calculated does not match the signature you provided. Check your AWS "
                    "Secret Access Key and signing method. Consult the service documentation for details.");
    }
    return VerifiedCaller{.scope = presented->scope, .signed_at = *signed_at, .presigned = presented->presigned};
  }

 private:
  tl::unexpected<ServiceError> refuse(Refusal refusal, std::string message) const {
    return tl::unexpected(error(refusal, std::move(message)));
  }

  ServiceError error(Refusal refusal, std::string message) const {
    const Names names = names_of(refusal, service_, protocol_);
    ServiceError built;
    built.code = names.code;
    built.message = std::move(message);
    built.status = names.status;
    return built;
  }

  tl::expected<Presented, ServiceError> present() const {
    const std::string_view authorization = header(request_.headers, "Authorization");
    if (authorization.size() > kAuthorizationBytesMax)
      return refuse(Refusal::incomplete, "The Authorization header is too long");
    if (authorization.starts_with(kSigV4Algorithm)) return from_header(request_, authorization);
    if (!authorization.empty())
      return refuse(Refusal::incomplete, "Unsupported authorization algorithm; use AWS4-HMAC-SHA256");
    const QueryParameters query = parse_query(request_.query, false);
    const bool presigned =
        std::any_of(query.begin(), query.end(), [](const auto& pair) { return pair.first == "X-Amz-Signature"; });
    if (presigned) return from_query(query);
    return refuse(Refusal::missing,
                  service_.signing_name == "s3" ? "Access Denied" : "Request is missing Authentication Token");
  }

  static bool complete(const Presented& p) {
    const bool host = std::binary_search(p.signed_headers.begin(), p.signed_headers.end(), "host");
    return p.scope.present() && host && p.signature.size() == 64;
  }

  // Every x-amz- header must be covered, or someone on the way could have put it there.
  std::string first_unsigned(const Presented& p) const {
    for (const auto& [name, value] : request_.headers) {
      const std::string key = lower(name);
      if (!key.starts_with("x-amz-") || p.presigned) continue;
      if (!std::binary_search(p.signed_headers.begin(), p.signed_headers.end(), key)) return key;
    }
    return {};
  }

  std::optional<ServiceError> check_time(const Presented& p, base::Timestamp signed_at) const {
    const std::int64_t age = (now_.ms - signed_at.ms) / 1000;
    const std::int64_t skew_max = service_.signing_name == "s3" ? kS3ClockSkewSecondsMax : kClockSkewSecondsMax;
    if (!p.presigned) {
      if (age <= skew_max && age >= -skew_max) return std::nullopt;
      return error(Refusal::skewed,
                   fmt::format("Signature {}: {} is now {} than {}", age > 0 ? "expired" : "not yet current",
                               p.amz_date, age > 0 ? "earlier" : "later", basic_iso8601(now_)));
    }
    if (p.expires_seconds <= 0 || p.expires_seconds > kPresignedSecondsMax)
      return error(Refusal::incomplete, "X-Amz-Expires must be between 1 and 604800 seconds");
    if (age <= p.expires_seconds && age >= -skew_max) return std::nullopt;
    return error(Refusal::expired_presign, "Request has expired");
  }

  std::optional<ServiceError> check_token(const Presented& p, const KeyEntry& entry) const {
    if (p.token != entry.session_token.reveal())
      return error(Refusal::wrong_token, "The security token included in the request is invalid.");
    if (entry.expires.known() && entry.expires <= now_)
      return error(Refusal::expired_token, "The security token included in the request is expired");
    return std::nullopt;
  }

  std::optional<ServiceError> payload_hash(const Presented& p, std::string& hash) const {
    const std::string_view claimed = header(request_.headers, "X-Amz-Content-SHA256");
    const bool s3 = service_.signing_name == "s3";
    if (claimed == kUnsignedPayload || claimed.starts_with("STREAMING-")) {
      hash = claimed;
    } else if (claimed.empty() && s3 && p.presigned) {
      hash = kUnsignedPayload;
    } else {
      hash = base::sha256(request_.body).hex();
      if (!claimed.empty() && claimed != hash)
        return error(Refusal::payload, "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    return std::nullopt;
  }

  bool signature_matches(const Presented& p, const KeyEntry& entry, const std::string& hash) const {
    const bool s3 = p.scope.service == "s3";
    const std::string canonical = canonical_request({.request = request_,
                                                     .signed_headers = p.signed_headers,
                                                     .payload_hash = hash,
                                                     .s3 = s3,
                                                     .skip_signature = p.presigned});
    const std::string scope = credential_scope_text(p.scope.date, p.scope.region, p.scope.service);
    const std::string expected = signature_of(entry.secret_key.reveal(), p.scope.date, p.scope.region, p.scope.service,
                                              string_to_sign(p.amz_date, scope, canonical));
    return expected.size() == p.signature.size() &&
           CRYPTO_memcmp(expected.data(), p.signature.data(), expected.size()) == 0;
  }

  const HttpRequest& request_;
  const ServiceMetadata& service_;
  const Protocol protocol_;
  const base::Timestamp now_;
};

}  // namespace

tl::expected<VerifiedCaller, ServiceError> verify(const HttpRequest& request, const KeyLookup& lookup,
                                                  base::Timestamp now, const ServiceMetadata& service,
                                                  Protocol protocol) {
  return Verifier(request, service, protocol, now).verify(lookup);
}

}  // namespace setpoint::cloud::aws

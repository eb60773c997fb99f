// S3 buckets, their policies and ACLs. Source: S3 API reference, "Error responses".
#include "twin/services/s3.h"

#include <algorithm>

#include "base/digest.h"
#include "twin/services/listing.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kBucket = "AWS::S3::Bucket";
constexpr const char* kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr const char* kAuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
constexpr const char* kLogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

AwsError access_denied() { return {"AccessDenied", "Access Denied", 403, Json::object()}; }

// --- Buckets

bool valid_bucket_name(const std::string& name) {
  if (name.size() < 3 || name.size() > 63 || name.starts_with("xn--") || name.find("..") != std::string::npos)
    return false;
  auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return edge(name.front()) && edge(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return edge(c) || c == '-' || c == '.'; });
}

// Grants and canned ACLs of a new bucket, which its ownership must allow.
Check set_first_acl(const Request& request, Json& bucket) {
  bool given = request.has("ACL");
  for (const char* grant : {"GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"})
    given = given || request.has(grant);
  if (!given) return {};
  Answer acl = acl_from_request(request, request.account());
  if (!acl) return acl.error();
  if (*acl == canned_acl(request.account(), "private")) return {};
  if (!request.has("ObjectOwnership") || request.text("ObjectOwnership") == "BucketOwnerEnforced")
    return AwsError{"InvalidBucketAclWithObjectOwnership",
                    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                    400,
                    {}};
  bucket["Acl"] = *acl;
  return {};
}

Answer create_bucket(Request& request) {
  std::string name = request.text("Bucket");
  if (!valid_bucket_name(name)) return error("InvalidBucketName", "The specified bucket is not valid.");
  if (auto taken = find_bucket(request.state(), name)) {
    bool own = taken->account == request.account();
    return error(own ? "BucketAlreadyOwnedByYou" : "BucketAlreadyExists",
                 own ? "Your previous request to create the named bucket succeeded and you already own it."
                     : "The requested bucket name is not available. The bucket namespace is shared by all users of the "
                       "system. Please select a different name and try again.",
                 409);
  }
  std::string constraint = base::string_member(request.parameter("CreateBucketConfiguration"), "LocationConstraint");
  if (constraint.empty() && request.region() != "us-east-1") {
    return error("IllegalLocationConstraintException",
                 "The unspecified location constraint is incompatible for the region specific endpoint this request "
                 "was sent to.");
  }
  if (constraint == "us-east-1")
    return error("InvalidLocationConstraint", "The specified location-constraint is not valid");
  std::string region = constraint.empty() ? request.region() : constraint == "EU" ? "eu-west-1" : constraint;
  // Since April 2023 every new bucket blocks public access and has ACLs off.
  Json bucket = {
      {"Name", name},
      {"CreationDate", request.now()},
      {"Tags", Json::array()},
      {"PublicAccessBlock",
       {{"PublicAccessBlockConfiguration",
         {{"BlockPublicAcls", true},
          {"IgnorePublicAcls", true},
          {"BlockPublicPolicy", true},
          {"RestrictPublicBuckets", true}}}}},
      {"OwnershipControls",
       {{"OwnershipControls",
         {{"Rules", Json::array({{{"ObjectOwnership", request.has("ObjectOwnership") ? request.text("ObjectOwnership")
                                                                                     : "BucketOwnerEnforced"}}})}}}}}};
  if (Check wrong = set_first_acl(request, bucket)) return tl::unexpected(*wrong);
  request.state().put({request.account(), region, kBucket, name}, std::move(bucket));
  return Json{{"Location", "/" + name}};
}

Answer list_buckets(Request& request) {
  Json buckets = Json::array();
  for (const std::string& region : request.state().regions(request.account())) {
    request.state().each(request.account(), region, kBucket, [&](const std::string& name, const Json& bucket) {
      buckets.push_back({{"Name", name}, {"CreationDate", bucket.value("CreationDate", "")}, {"BucketRegion", region}});
    });
  }
  std::sort(buckets.begin(), buckets.end(), [](const Json& a, const Json& b) { return a["Name"] < b["Name"]; });
  return Json{{"Buckets", buckets}, {"Owner", bucket_owner(request.account())}};
}

Answer head_bucket(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket)
    return error(bucket.error().status == 404 ? "404" : "403", bucket.error().status == 404 ? "Not Found" : "Forbidden",
                 bucket.error().status);
  return Json{{"BucketRegion", bucket->key.region}};
}

Answer get_location(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  if (bucket->key.region == "us-east-1") return Json::object();
  return Json{{"LocationConstraint", bucket->key.region}};
}

Answer delete_bucket(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  if (holds_objects(request, *bucket))
    return error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
  request.state().erase(bucket->key);
  return Json::object();
}

// --- Policy

Answer get_policy(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& policy = base::member(bucket->document, "Policy");
  if (policy.is_null()) return error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  return Json{{"Policy", policy.is_string() ? policy.get<std::string>()
                                            : policy.dump(-1, ' ', false, Json::error_handler_t::replace)}};
}

Check check_policy(const std::string& bucket, const Json& policy) {
  const Json& written = base::member(policy, "Statement");
  Json statements = written.is_object() ? Json::array({written}) : written;
  if (!statements.is_array() || statements.empty())
    return AwsError{"MalformedPolicy", "Missing required field Statement", 400, {}};
  for (const Json& statement : statements) {
    std::string effect = base::string_member(statement, "Effect");
    if (effect != "Allow" && effect != "Deny") return AwsError{"MalformedPolicy", "Invalid effect: " + effect, 400, {}};
    if (!statement.contains("Principal") && !statement.contains("NotPrincipal"))
      return AwsError{"MalformedPolicy", "Missing required field Principal", 400, {}};
    if (!statement.contains("Action") && !statement.contains("NotAction"))
      return AwsError{"MalformedPolicy", "Missing required field Action", 400, {}};
    for (const std::string& resource : values_at(statement, "Resource")) {
      std::size_t at = resource.rfind(":::");
      std::string name = at == std::string::npos ? "" : resource.substr(at + 3);
      if (!matches_wildcard(bucket, name.substr(0, name.find('/'))))
        return AwsError{"MalformedPolicy", "Policy has invalid resource", 400, {}};
    }
  }
  return {};
}

Answer put_policy(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  base::Result<Json> policy = base::parse_json(request.text("Policy"), {20'480, 32});
  if (!policy || !policy->is_object()) return error("MalformedPolicy", "This policy contains invalid Json");
  if (Check wrong = check_policy(bucket->key.id, *policy)) return tl::unexpected(*wrong);
  if (policy_is_public(*policy) && public_access_blocked(request.state(), *bucket, "BlockPublicPolicy"))
    return tl::unexpected(access_denied());
  bucket->document["Policy"] = request.text("Policy");
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

Answer delete_policy(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  bucket->document.erase("Policy");
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

Answer get_policy_status(Request& request) {
  Answer policy = get_policy(request);
  if (!policy) return policy;
  auto parsed = base::parse_json(policy->value("Policy", ""));
  return Json{{"PolicyStatus", {{"IsPublic", parsed && policy_is_public(*parsed)}}}};
}

// --- ACLs

Json group_grant(const char* uri, const char* permission) {
  return {{"Grantee", {{"Type", "Group"}, {"URI", uri}}}, {"Permission", permission}};
}

Json owner_grant(const std::string& account) {
  Json owner = bucket_owner(account);
  owner["Type"] = "CanonicalUser";
  return {{"Grantee", owner}, {"Permission", "FULL_CONTROL"}};
}

bool acl_is_public(const Json& acl) {
  std::vector<std::string> groups = values_at(acl, "Grants.Grantee.URI");
  return std::any_of(groups.begin(), groups.end(),
                     [](const std::string& uri) { return uri == kAllUsers || uri == kAuthenticatedUsers; });
}

// id="...", uri="...", emailAddress="...": as the Grant headers have them.
void add_header_grants(Json& grants, const std::string& header, const char* permission) {
  for (std::size_t at = 0; at < header.size();) {
    std::size_t equals = header.find('=', at), end = std::min(header.find(',', at), header.size());
    if (equals == std::string::npos || equals > end) return;
    std::string kind = header.substr(at, equals - at), value = header.substr(equals + 1, end - equals - 1);
    std::erase(kind, ' ');
    std::erase(value, '"');
    if (kind == "uri") grants.push_back(group_grant(value.c_str(), permission));
    if (kind == "id")
      grants.push_back({{"Grantee", {{"Type", "CanonicalUser"}, {"ID", value}}}, {"Permission", permission}});
    at = end + 1;
  }
}

bool acls_are_off(const Bucket& bucket) {
  std::vector<std::string> ownership =
      values_at(bucket.document, "OwnershipControls.OwnershipControls.Rules.ObjectOwnership");
  return !ownership.empty() && ownership[0] == "BucketOwnerEnforced";
}

Answer get_acl(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& acl = base::member(bucket->document, "Acl");
  return acl.is_null() ? canned_acl(bucket->key.account, "private") : acl;
}

Answer put_acl(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  Answer acl = acl_from_request(request, bucket->key.account);
  if (!acl) return acl;
  if (Check wrong = check_acl(request, *bucket, *acl)) return tl::unexpected(*wrong);
  if (*acl == canned_acl(bucket->key.account, "private"))
    bucket->document.erase("Acl");
  else
    bucket->document["Acl"] = *acl;
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

bool names_everyone(const Json& principal) {
  if (principal.is_string()) return principal.get<std::string>() == "*";
  std::vector<std::string> names = values_at(principal, "AWS");
  return std::find(names.begin(), names.end(), "*") != names.end();
}

// A condition on one of these keeps strangers out, as S3 sees it.
bool condition_limits(const Json& condition) {
  static constexpr std::string_view kKeys[] = {"aws:sourcearn",        "aws:sourcevpc",
                                               "aws:sourcevpce",       "aws:sourceaccount",
                                               "aws:sourceip",         "aws:principalorgid",
                                               "aws:principalarn",     "aws:principalaccount",
                                               "aws:userid",           "s3:dataaccesspointaccount",
                                               "s3:dataaccesspointarn"};
  for (const Json& keys : condition) {
    for (const auto& [written, values] : keys.items()) {
      std::string key = written;
      std::transform(key.begin(), key.end(), key.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      std::vector<std::string> allowed = values_at(values, "");
      bool open = std::any_of(allowed.begin(), allowed.end(), [](const std::string& value) {
        return value == "*" || value == "0.0.0.0/0" || value == "::/0";
      });
      if (!open && std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) return true;
    }
  }
  return false;
}

}  // namespace

Json canned_acl(const std::string& account, const std::string& canned) {
  Json grants = Json::array({owner_grant(account)});
  if (canned == "public-read" || canned == "public-read-write") grants.push_back(group_grant(kAllUsers, "READ"));
  if (canned == "public-read-write") grants.push_back(group_grant(kAllUsers, "WRITE"));
  if (canned == "authenticated-read") grants.push_back(group_grant(kAuthenticatedUsers, "READ"));
  if (canned == "log-delivery-write") {
    grants.push_back(group_grant(kLogDelivery, "WRITE"));
    grants.push_back(group_grant(kLogDelivery, "READ_ACP"));
  }
  return {{"Owner", bucket_owner(account)}, {"Grants", grants}};
}

Answer acl_from_request(const Request& request, const std::string& account) {
  static constexpr std::string_view kCanned[] = {"private",
                                                 "public-read",
                                                 "public-read-write",
                                                 "authenticated-read",
                                                 "log-delivery-write",
                                                 "bucket-owner-read",
                                                 "bucket-owner-full-control",
                                                 "aws-exec-read"};
  std::string canned = request.text("ACL");
  if (!canned.empty() && std::find(std::begin(kCanned), std::end(kCanned), canned) == std::end(kCanned))
    return error("InvalidArgument", "Invalid canned ACL: " + canned);
  if (!canned.empty()) return canned_acl(account, canned);
  if (request.has("AccessControlPolicy")) {
    Json acl = pick(request.parameter("AccessControlPolicy"), {"Owner", "Grants"});
    if (!acl.contains("Owner")) acl["Owner"] = bucket_owner(account);
    if (!acl.contains("Grants")) acl["Grants"] = Json::array();
    return acl;
  }
  Json grants = Json::array();
  for (const auto& [parameter, permission] : {std::pair{"GrantFullControl", "FULL_CONTROL"},
                                              {"GrantRead", "READ"},
                                              {"GrantReadACP", "READ_ACP"},
                                              {"GrantWrite", "WRITE"},
                                              {"GrantWriteACP", "WRITE_ACP"}}) {
    add_header_grants(grants, request.text(parameter), permission);
  }
  if (grants.empty()) return error("MissingSecurityHeader", "Your request was missing a required header");
  return Json{{"Owner", bucket_owner(account)}, {"Grants", grants}};
}

Check check_acl(Request& request, const Bucket& bucket, const Json& acl) {
  Json owner_only = canned_acl(bucket.key.account, "private");
  if (acls_are_off(bucket) && acl["Grants"] != owner_only["Grants"])
    return AwsError{"AccessControlListNotSupported", "The bucket does not allow ACLs", 400, {}};
  if (acl_is_public(acl) && public_access_blocked(request.state(), bucket, "BlockPublicAcls")) return access_denied();
  return {};
}

std::optional<StateKey> find_bucket(const State& state, const std::string& name) {
  for (const std::string& account : state.accounts()) {
    for (const std::string& region : state.regions(account)) {
      StateKey key{account, region, kBucket, name};
      if (state.find(key)) return key;
    }
  }
  return {};
}

tl::expected<Bucket, AwsError> bucket_of(Request& request) {
  std::string name = request.text("Bucket");
  std::optional<StateKey> key = find_bucket(request.state(), name);
  if (!key)
    return tl::unexpected(AwsError{"NoSuchBucket", "The specified bucket does not exist", 404, {{"BucketName", name}}});
  bool expected = !request.has("ExpectedBucketOwner") || request.text("ExpectedBucketOwner") == key->account;
  if (key->account != request.account() || !expected) return tl::unexpected(access_denied());
  return Bucket{*key, *request.state().find(*key)};
}

Json bucket_owner(const std::string& account) {
  return {{"ID", base::sha256("canonical user " + account).hex()}, {"DisplayName", account}};
}

bool policy_is_public(const Json& policy) {
  const Json& written = base::member(policy, "Statement");
  Json statements = written.is_object() ? Json::array({written}) : written;
  return std::any_of(statements.begin(), statements.end(), [](const Json& statement) {
    return base::string_member(statement, "Effect") == "Allow" &&
           names_everyone(base::member(statement, "Principal")) &&
           !condition_limits(base::member(statement, "Condition"));
  });
}

bool public_access_blocked(const State& state, const Bucket& bucket, const char* flag) {
  const Json& own = base::member(base::member(bucket.document, "PublicAccessBlock"), "PublicAccessBlockConfiguration");
  const Json* account =
      state.find({bucket.key.account, "global", "AWS::S3::AccountPublicAccessBlock", bucket.key.account});
  return base::member(own, flag) == Json(true) || (account && base::member(*account, flag) == Json(true));
}

std::vector<Operation> s3_bucket_operations() {
  return {
      {"s3", "CreateBucket", Effect::write, create_bucket},
      {"s3", "DeleteBucket", Effect::write, delete_bucket},
      {"s3", "HeadBucket", Effect::read, head_bucket},
      {"s3", "ListBuckets", Effect::read, list_buckets},
      {"s3", "GetBucketLocation", Effect::read, get_location},
      {"s3", "GetBucketPolicy", Effect::read, get_policy},
      {"s3", "PutBucketPolicy", Effect::write, put_policy},
      {"s3", "DeleteBucketPolicy", Effect::write, delete_policy},
      {"s3", "GetBucketPolicyStatus", Effect::read, get_policy_status},
      {"s3", "GetBucketAcl", Effect::read, get_acl},
      {"s3", "PutBucketAcl", Effect::write, put_acl},
  };
}

}  // namespace setpoint::twin::services

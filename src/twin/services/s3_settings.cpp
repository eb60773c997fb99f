// The settings of S3 buckets that are all alike: put a configuration, get it, delete it. Source: S3 API reference.
#include "twin/services/listing.h"
#include "twin/services/s3.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

struct Setting {
  const char* stored;     // name in the bucket's document
  const char* parameter;  // member of the Put request that holds the configuration
  bool wrapped;           // Get answers {parameter: configuration}, or the configuration's members themselves
  const char* missing;    // error code where it is not set; nullptr = `fallback` is answered
  const char* message;
  const char* fallback;  // JSON
  Check (*check)(const Json& configuration) = nullptr;
};

AwsError malformed(
    const char* message = "The XML you provided was not well-formed or did not validate against our published schema") {
  return {"MalformedXML", message, 400, Json::object()};
}

Check check_encryption(const Json& configuration) {
  const Json& rules = base::member(configuration, "Rules");
  if (!rules.is_array() || rules.size() != 1) return malformed();
  std::string algorithm =
      base::string_member(base::member(rules[0], "ApplyServerSideEncryptionByDefault"), "SSEAlgorithm");
  if (algorithm != "AES256" && algorithm != "aws:kms" && algorithm != "aws:kms:dsse") return malformed();
  return {};
}

Check check_versioning(const Json& configuration) {
  std::string status = base::string_member(configuration, "Status");
  if (status == "Enabled" || status == "Suspended") return {};
  return AwsError{"IllegalVersioningConfigurationException", "The Versioning element must be specified", 400, {}};
}

Check check_ownership(const Json& configuration) {
  const Json& rules = base::member(configuration, "Rules");
  if (!rules.is_array() || rules.size() != 1) return malformed();
  std::string value = base::string_member(rules[0], "ObjectOwnership");
  if (value == "BucketOwnerEnforced" || value == "BucketOwnerPreferred" || value == "ObjectWriter") return {};
  return malformed();
}

Check check_lifecycle(const Json& configuration) {
  const Json& rules = base::member(configuration, "Rules");
  if (!rules.is_array() || rules.empty() || rules.size() > 1000) return malformed();
  for (const Json& rule : rules) {
    std::string status = base::string_member(rule, "Status");
    if (status != "Enabled" && status != "Disabled") return malformed();
    bool acts = false;
    for (const char* action : {"Expiration", "Transitions", "NoncurrentVersionExpiration",
                               "NoncurrentVersionTransitions", "AbortIncompleteMultipartUpload"})
      acts = acts || rule.contains(action);
    if (!acts) return AwsError{"InvalidRequest", "At least one action needs to be specified in a rule.", 400, {}};
  }
  return {};
}

constexpr Setting kPublicAccess{"PublicAccessBlock",
                                "PublicAccessBlockConfiguration",
                                true,
                                "NoSuchPublicAccessBlockConfiguration",
                                "The public access block configuration was not found",
                                nullptr};
constexpr Setting kEncryption{
    "Encryption",
    "ServerSideEncryptionConfiguration",
    true,
    nullptr,
    nullptr,
    R"({"ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},"BucketKeyEnabled":false}]}})",
    check_encryption};
constexpr Setting kVersioning{"Versioning", "VersioningConfiguration", false, nullptr, nullptr, "{}", check_versioning};
constexpr Setting kWebsite{"Website",
                           "WebsiteConfiguration",
                           false,
                           "NoSuchWebsiteConfiguration",
                           "The specified bucket does not have a website configuration",
                           nullptr};
constexpr Setting kCors{
    "Cors", "CORSConfiguration", false, "NoSuchCORSConfiguration", "The CORS configuration does not exist", nullptr};
constexpr Setting kLifecycle{"Lifecycle",
                             "LifecycleConfiguration",
                             false,
                             "NoSuchLifecycleConfiguration",
                             "The lifecycle configuration does not exist",
                             nullptr,
                             check_lifecycle};
constexpr Setting kReplication{"Replication",
                               "ReplicationConfiguration",
                               true,
                               "ReplicationConfigurationNotFoundError",
                               "The replication configuration was not found",
                               nullptr};
constexpr Setting kOwnership{"OwnershipControls",
                             "OwnershipControls",
                             true,
                             "OwnershipControlsNotFoundError",
                             "The bucket ownership controls were not found",
                             nullptr,
                             check_ownership};
constexpr Setting kAccelerate{"Accelerate", "AccelerateConfiguration", false, nullptr, nullptr, "{}"};
constexpr Setting kPayment{"RequestPayment", "RequestPaymentConfiguration", false, nullptr,
                           nullptr,          R"({"Payer":"BucketOwner"})"};
constexpr Setting kNotification{"Notification", "NotificationConfiguration", false, nullptr, nullptr, "{}"};
constexpr Setting kObjectLock{"ObjectLock",
                              "ObjectLockConfiguration",
                              true,
                              "ObjectLockConfigurationNotFoundError",
                              "Object Lock configuration does not exist for this bucket",
                              nullptr};

Answer get_setting(Request& request, const Setting& setting) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& stored = base::member(bucket->document, setting.stored);
  if (!stored.is_null()) return stored;
  if (setting.missing) return error(setting.missing, setting.message, 404);
  return Json::parse(setting.fallback ? setting.fallback : "{}");
}

Answer put_setting(Request& request, const Setting& setting) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  Json configuration = request.parameter(setting.parameter);
  if (!configuration.is_object()) return tl::unexpected(malformed("The request body is empty"));
  if (setting.check) {
    if (Check wrong = setting.check(configuration)) return tl::unexpected(*wrong);
  }
  bucket->document[setting.stored] = setting.wrapped ? Json{{setting.parameter, configuration}} : configuration;
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

Answer remove_setting(Request& request, const Setting& setting) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  bucket->document.erase(setting.stored);
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

template <const Setting& kSetting>
Answer get(Request& request) {
  return get_setting(request, kSetting);
}
template <const Setting& kSetting>
Answer put(Request& request) {
  return put_setting(request, kSetting);
}
template <const Setting& kSetting>
Answer remove(Request& request) {
  return remove_setting(request, kSetting);
}

// --- Those that are not quite alike

// What is left out is false.
Json all_flags(const Json& configuration) {
  Json out;
  for (const char* flag : {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    out[flag] = base::member(configuration, flag) == Json(true);
  }
  return out;
}

Answer put_public_access(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& configuration = request.parameter("PublicAccessBlockConfiguration");
  if (!configuration.is_object()) return tl::unexpected(malformed());
  bucket->document["PublicAccessBlock"] = {{"PublicAccessBlockConfiguration", all_flags(configuration)}};
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

// Logs go to a bucket that must exist, in the same account and region.
Answer put_logging(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& enabled = base::member(request.parameter("BucketLoggingStatus"), "LoggingEnabled");
  if (enabled.is_null()) {
    bucket->document.erase("Logging");
  } else {
    auto target = find_bucket(request.state(), base::string_member(enabled, "TargetBucket"));
    if (!target || target->account != bucket->key.account || target->region != bucket->key.region) {
      return error("InvalidTargetBucketForLogging",
                   "The target bucket for logging does not exist, is not owned by you, or does not have the "
                   "appropriate grants for the log-delivery group.");
    }
    bucket->document["Logging"] = {{"LoggingEnabled", enabled}};
  }
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

Answer get_logging(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& stored = base::member(bucket->document, "Logging");
  return stored.is_null() ? Json::object() : stored;
}

Answer get_tagging(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& tags = base::member(bucket->document, "Tags");
  if (tags.empty()) return error("NoSuchTagSet", "The TagSet does not exist", 404);
  return Json{{"TagSet", tags}};
}

Answer put_tagging(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  const Json& tags = base::member(request.parameter("Tagging"), "TagSet");
  if (tags.size() > 50) return error("BadRequest", "Object tags cannot be greater than 50");
  bucket->document["Tags"] = sorted_tags(tags);
  if (bucket->document["Tags"].size() != tags.size())
    return error("InvalidTag", "Cannot provide multiple Tags with the same key");
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

Answer delete_tagging(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  bucket->document["Tags"] = Json::array();
  request.state().put(bucket->key, std::move(bucket->document));
  return Json::object();
}

// --- S3 Control: the account's own block

constexpr const char* kAccountBlock = "AWS::S3::AccountPublicAccessBlock";

Check own_account(const Request& request) {
  if (request.text("AccountId") == request.account()) return {};
  return AwsError{"AccessDenied", "Access Denied", 403, {}};
}

Answer get_account_block(Request& request) {
  if (Check wrong = own_account(request)) return tl::unexpected(*wrong);
  const Json* stored = request.find_global(kAccountBlock, request.account());
  if (!stored)
    return error("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404);
  return Json{{"PublicAccessBlockConfiguration", without(*stored, {"AccountId"})}};
}

Answer put_account_block(Request& request) {
  if (Check wrong = own_account(request)) return tl::unexpected(*wrong);
  Json block = all_flags(request.parameter("PublicAccessBlockConfiguration"));
  block["AccountId"] = request.account();
  request.put_global(kAccountBlock, request.account(), std::move(block));
  return Json::object();
}

Answer delete_account_block(Request& request) {
  if (Check wrong = own_account(request)) return tl::unexpected(*wrong);
  request.state().erase(request.global_key(kAccountBlock, request.account()));
  return Json::object();
}

}  // namespace

std::vector<Operation> s3_setting_operations() {
  return {
      {"s3", "GetPublicAccessBlock", Effect::read, get<kPublicAccess>},
      {"s3", "PutPublicAccessBlock", Effect::write, put_public_access},
      {"s3", "DeletePublicAccessBlock", Effect::write, remove<kPublicAccess>},
      {"s3", "GetBucketEncryption", Effect::read, get<kEncryption>},
      {"s3", "PutBucketEncryption", Effect::write, put<kEncryption>},
      {"s3", "DeleteBucketEncryption", Effect::write, remove<kEncryption>},
      {"s3", "GetBucketVersioning", Effect::read, get<kVersioning>},
      {"s3", "PutBucketVersioning", Effect::write, put<kVersioning>},
      {"s3", "GetBucketLogging", Effect::read, get_logging},
      {"s3", "PutBucketLogging", Effect::write, put_logging},
      {"s3", "GetBucketWebsite", Effect::read, get<kWebsite>},
      {"s3", "PutBucketWebsite", Effect::write, put<kWebsite>},
      {"s3", "DeleteBucketWebsite", Effect::write, remove<kWebsite>},
      {"s3", "GetBucketCors", Effect::read, get<kCors>},
      {"s3", "PutBucketCors", Effect::write, put<kCors>},
      {"s3", "DeleteBucketCors", Effect::write, remove<kCors>},
      {"s3", "GetBucketLifecycleConfiguration", Effect::read, get<kLifecycle>},
      {"s3", "PutBucketLifecycleConfiguration", Effect::write, put<kLifecycle>},
      {"s3", "DeleteBucketLifecycle", Effect::write, remove<kLifecycle>},
      {"s3", "GetBucketReplication", Effect::read, get<kReplication>},
      {"s3", "PutBucketReplication", Effect::write, put<kReplication>},
      {"s3", "DeleteBucketReplication", Effect::write, remove<kReplication>},
      {"s3", "GetBucketOwnershipControls", Effect::read, get<kOwnership>},
      {"s3", "PutBucketOwnershipControls", Effect::write, put<kOwnership>},
      {"s3", "DeleteBucketOwnershipControls", Effect::write, remove<kOwnership>},
      {"s3", "GetBucketAccelerateConfiguration", Effect::read, get<kAccelerate>},
      {"s3", "PutBucketAccelerateConfiguration", Effect::write, put<kAccelerate>},
      {"s3", "GetBucketRequestPayment", Effect::read, get<kPayment>},
      {"s3", "PutBucketRequestPayment", Effect::write, put<kPayment>},
      {"s3", "GetBucketNotificationConfiguration", Effect::read, get<kNotification>},
      {"s3", "PutBucketNotificationConfiguration", Effect::write, put<kNotification>},
      {"s3", "GetObjectLockConfiguration", Effect::read, get<kObjectLock>},
      {"s3", "PutObjectLockConfiguration", Effect::write, put<kObjectLock>},
      {"s3", "GetBucketTagging", Effect::read, get_tagging},
      {"s3", "PutBucketTagging", Effect::write, put_tagging},
      {"s3", "DeleteBucketTagging", Effect::write, delete_tagging},
      {"s3control", "GetPublicAccessBlock", Effect::read, get_account_block},
      {"s3control", "PutPublicAccessBlock", Effect::write, put_account_block},
      {"s3control", "DeletePublicAccessBlock", Effect::write, delete_account_block},
  };
}

}  // namespace setpoint::twin::services

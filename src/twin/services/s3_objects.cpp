// S3's objects, enough for logs and for what runbooks keep in buckets: versions, ACLs, listings. Source: S3 API
// reference, "Using versioning in S3 buckets".
#include <openssl/evp.h>

#include <algorithm>

#include "base/digest.h"
#include "twin/services/listing.h"
#include "twin/services/s3.h"
#include "twin/services/tables.h"

namespace setpoint::twin::services {

namespace {

constexpr const char* kObject = "AWS::S3::Object";
constexpr const char* kVersion = "AWS::S3::ObjectVersion";

std::string object_prefix(const std::string& bucket) { return bucket + "/"; }

std::vector<std::pair<std::string, Json>> objects_of(Request& request, const Bucket& bucket,
                                                     const std::string& prefix) {
  std::vector<std::pair<std::string, Json>> out;
  std::string head = object_prefix(bucket.key.id);
  request.state().each(bucket.key.account, bucket.key.region, kObject, [&](const std::string& id, const Json& object) {
    if (id.starts_with(head + prefix)) out.emplace_back(id.substr(head.size()), object);
  });
  return out;
}

std::string etag_of(const std::string& body) {
  unsigned char md5[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(body.data(), body.size(), md5, &size, EVP_md5(), nullptr);
  return "\"" + base::to_hex(std::string_view(reinterpret_cast<const char*>(md5), size)) + "\"";
}

StateKey object_key(const Bucket& bucket, const std::string& key) {
  return {bucket.key.account, bucket.key.region, kObject, object_prefix(bucket.key.id) + key};
}

// --- Versions: the current one is the object's document, the others are documents of their own

bool versioned(const Bucket& bucket) {
  return base::string_member(base::member(bucket.document, "Versioning"), "Status") == "Enabled";
}

std::string version_of(const Json& object) { return object.value("VersionId", "null"); }

StateKey version_key(const Bucket& bucket, const std::string& key, const std::string& version) {
  return {bucket.key.account, bucket.key.region, kVersion, object_prefix(bucket.key.id) + version + "/" + key};
}

// The current version becomes an earlier one; without versions it is lost.
void put_aside(Request& request, const Bucket& bucket, const std::string& key) {
  const Json* current = request.state().find(object_key(bucket, key));
  if (!current || (!versioned(bucket) && !current->contains("VersionId"))) return;
  Json earlier = *current;
  earlier["Key"] = key;
  std::string version = version_of(earlier);
  request.state().put(version_key(bucket, key, version), std::move(earlier));
  request.state().erase(object_key(bucket, key));
}

// Newest first.
std::vector<Json> earlier_versions(Request& request, const Bucket& bucket, const std::string& key_prefix) {
  std::vector<Json> out;
  std::string head = object_prefix(bucket.key.id);
  request.state().each(bucket.key.account, bucket.key.region, kVersion,
                       [&](const std::string& id, const Json& version) {
                         if (id.starts_with(head) && version.value("Key", "").starts_with(key_prefix))
                           out.push_back(version);
                       });
  std::stable_sort(out.begin(), out.end(), [](const Json& a, const Json& b) {
    return std::pair(a.value("Key", ""), b.value("Sequence", 0)) <
           std::pair(b.value("Key", ""), a.value("Sequence", 0));
  });
  return out;
}

int next_sequence(Request& request, const Bucket& bucket, const std::string& key) {
  int last = 0;
  for (const Json& version : earlier_versions(request, bucket, key))
    last = std::max(last, version.value("Sequence", 0));
  return last + 1;
}

// What the API shows of an object.
Json object_view(Json object) { return without(std::move(object), {"Acl", "Key", "Sequence"}); }

Answer put_object(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  std::string encoded = request.text("Body"), key = request.text("Key");
  base::Result<std::string> body = base::from_base64(encoded);
  if (!body) return error("InvalidRequest", "The body could not be read");
  Json object = {{"Body", encoded},
                 {"ETag", etag_of(*body)},
                 {"ContentLength", body->size()},
                 {"LastModified", request.now()},
                 {"ContentType", "binary/octet-stream"}};
  overlay(object, request,
          {"ContentType", "ContentEncoding", "Metadata", "StorageClass", "ServerSideEncryption", "SSEKMSKeyId"});
  if (request.has("ACL")) {
    Json acl = canned_acl(bucket->key.account, request.text("ACL"));
    if (Check wrong = check_acl(request, *bucket, acl)) return tl::unexpected(*wrong);
    object["Acl"] = acl;
  }
  Json out = {{"ETag", object["ETag"]}, {"ServerSideEncryption", object.value("ServerSideEncryption", "AES256")}};
  put_aside(request, *bucket, key);
  if (!versioned(*bucket)) request.state().erase(version_key(*bucket, key, "null"));
  if (versioned(*bucket)) {
    out["VersionId"] = object["VersionId"] = request.state().next_id("", 32);
    object["Sequence"] = next_sequence(request, *bucket, key);
  }
  request.state().put(object_key(*bucket, key), std::move(object));
  return out;
}

Answer object_of(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  std::string key = request.text("Key"), wanted = request.text("VersionId");
  const Json* object = request.state().find(object_key(*bucket, key));
  if (!wanted.empty() && (!object || version_of(*object) != wanted)) {
    object = request.state().find(version_key(*bucket, key, wanted));
    if (!object) return error("NoSuchVersion", "The specified version does not exist.", 404);
  }
  if (!object) return error("NoSuchKey", "The specified key does not exist.", 404);
  return *object;
}

Answer get_object(Request& request) {
  Answer object = object_of(request);
  if (!object) return object;
  return object_view(std::move(*object));
}

Answer head_object(Request& request) {
  Answer object = object_of(request);
  if (!object) return error("404", "Not Found", 404);
  return without(object_view(std::move(*object)), {"Body"});
}

// The newest of the earlier versions becomes the current one.
void bring_back(Request& request, const Bucket& bucket, const std::string& key) {
  for (Json& version : earlier_versions(request, bucket, key)) {
    if (version.value("Key", "") != key) continue;
    request.state().erase(version_key(bucket, key, version_of(version)));
    version.erase("Key");
    request.state().put(object_key(bucket, key), std::move(version));
    return;
  }
}

// Deleting a version is for good; deleting an object of a bucket with versions puts it aside. The marker that AWS
// leaves is answered and not kept.
Json delete_version(Request& request, const Bucket& bucket, const std::string& key, const std::string& version) {
  if (version.empty()) {
    bool marked = versioned(bucket);
    put_aside(request, bucket, key);
    request.state().erase(object_key(bucket, key));
    return marked ? Json{{"DeleteMarker", true}, {"VersionId", request.state().next_id("", 32)}} : Json::object();
  }
  const Json* current = request.state().find(object_key(bucket, key));
  if (current && version_of(*current) == version) {
    request.state().erase(object_key(bucket, key));
    bring_back(request, bucket, key);
  }
  request.state().erase(version_key(bucket, key, version));
  return {{"VersionId", version}};
}

Answer delete_object(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  return delete_version(request, *bucket, request.text("Key"), request.text("VersionId"));
}

Answer delete_objects(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  Json deleted = Json::array();
  for (const Json& entry : base::member(request.parameter("Delete"), "Objects")) {
    std::string key = base::string_member(entry, "Key"), version = base::string_member(entry, "VersionId");
    Json gone = delete_version(request, *bucket, key, version);
    deleted.push_back({{"Key", key}});
    if (!version.empty()) deleted.back()["VersionId"] = version;
    if (gone.contains("DeleteMarker"))
      deleted.back().update({{"DeleteMarker", true}, {"DeleteMarkerVersionId", gone["VersionId"]}});
  }
  return Json{{"Deleted", deleted}};
}

Answer get_object_acl(Request& request) {
  Answer object = object_of(request);
  if (!object) return object;
  const Json& acl = base::member(*object, "Acl");
  return acl.is_null() ? canned_acl(request.account(), "private") : acl;
}

Answer put_object_acl(Request& request) {
  Answer object = object_of(request);
  if (!object) return object;
  auto bucket = bucket_of(request);
  Answer acl = acl_from_request(request, bucket->key.account);
  if (!acl) return acl;
  if (Check wrong = check_acl(request, *bucket, *acl)) return tl::unexpected(*wrong);
  (*object)["Acl"] = *acl;
  bool earlier = object->contains("Key");
  StateKey place = earlier ? version_key(*bucket, request.text("Key"), version_of(*object))
                           : object_key(*bucket, request.text("Key"));
  request.state().put(place, *object);
  return Json::object();
}

// Keys after `after`, folded at the delimiter, up to `limit`.
Json list_page(Request& request, const Bucket& bucket, const std::string& after, std::size_t limit) {
  std::string prefix = request.text("Prefix"), delimiter = request.text("Delimiter"), last, last_fold;
  Json contents = Json::array(), folds = Json::array();
  bool truncated = false;
  for (const auto& [key, object] : objects_of(request, bucket, prefix)) {
    if (key <= after || (!last_fold.empty() && key.starts_with(last_fold))) continue;
    if (contents.size() + folds.size() == limit) {
      truncated = limit > 0;
      break;
    }
    std::size_t fold = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    if (fold != std::string::npos) {
      last_fold = key.substr(0, fold + delimiter.size());
      folds.push_back({{"Prefix", last_fold}});
      last = last_fold + "\xff";
    } else {
      contents.push_back({{"Key", key},
                          {"LastModified", object.value("LastModified", "")},
                          {"ETag", object.value("ETag", "")},
                          {"Size", object.value("ContentLength", 0)},
                          {"StorageClass", object.value("StorageClass", "STANDARD")}});
      last = key;
    }
  }
  return {{"Contents", contents}, {"CommonPrefixes", folds}, {"IsTruncated", truncated}, {"Last", last}};
}

Answer list_objects(Request& request, bool v2) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  std::string after = request.text(v2 ? "StartAfter" : "Marker");
  if (v2 && request.has("ContinuationToken")) {
    auto token = base::from_base64(request.text("ContinuationToken"));
    if (!token) return error("InvalidArgument", "The continuation token provided is incorrect");
    after = *token;
  }
  auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(request.integer("MaxKeys", 1000), 0, 1000));
  Json page = list_page(request, *bucket, after, limit);
  std::string last = page["Last"];
  page.erase("Last");
  page.update({{"Name", bucket->key.id}, {"Prefix", request.text("Prefix")}, {"MaxKeys", limit}});
  if (request.has("Delimiter")) page["Delimiter"] = request.text("Delimiter");
  if (v2) page["KeyCount"] = page["Contents"].size() + page["CommonPrefixes"].size();
  if (page["IsTruncated"] == Json(true))
    page[v2 ? "NextContinuationToken" : "NextMarker"] = v2 ? base::to_base64(last) : last;
  return page;
}

Answer list_objects_v1(Request& request) { return list_objects(request, false); }
Answer list_objects_v2(Request& request) { return list_objects(request, true); }

// --- Listing of versions

Json version_entry(const std::string& key, const Json& object, bool latest) {
  return {{"Key", key},
          {"VersionId", version_of(object)},
          {"IsLatest", latest},
          {"LastModified", object.value("LastModified", "")},
          {"ETag", object.value("ETag", "")},
          {"Size", object.value("ContentLength", 0)},
          {"StorageClass", object.value("StorageClass", "STANDARD")}};
}

Answer list_versions(Request& request) {
  auto bucket = bucket_of(request);
  if (!bucket) return tl::unexpected(bucket.error());
  std::string prefix = request.text("Prefix");
  std::vector<Json> found;
  for (const auto& [key, object] : objects_of(request, *bucket, prefix))
    found.push_back(version_entry(key, object, true));
  for (const Json& version : earlier_versions(request, *bucket, prefix))
    found.push_back(version_entry(version.value("Key", ""), version, false));
  std::stable_sort(found.begin(), found.end(), [](const Json& a, const Json& b) { return a["Key"] < b["Key"]; });
  return Json{{"Name", bucket->key.id}, {"Prefix", prefix}, {"IsTruncated", false}, {"Versions", found}};
}

}  // namespace

bool holds_objects(Request& request, const Bucket& bucket) {
  return !objects_of(request, bucket, "").empty() || !earlier_versions(request, bucket, "").empty();
}

std::vector<Operation> s3_object_operations() {
  return {
      {"s3", "PutObject", Effect::write, put_object},         {"s3", "GetObject", Effect::read, get_object},
      {"s3", "HeadObject", Effect::read, head_object},        {"s3", "DeleteObject", Effect::write, delete_object},
      {"s3", "DeleteObjects", Effect::write, delete_objects}, {"s3", "GetObjectAcl", Effect::read, get_object_acl},
      {"s3", "PutObjectAcl", Effect::write, put_object_acl},  {"s3", "ListObjects", Effect::read, list_objects_v1},
      {"s3", "ListObjectsV2", Effect::read, list_objects_v2}, {"s3", "ListObjectVersions", Effect::read, list_versions},
  };
}

}  // namespace setpoint::twin::services
